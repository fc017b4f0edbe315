import { createHash } from 'node:crypto';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { OutboundEnds } from '../../../ports/outbound-dialogues.ts';

/*
 * ConversationsTable: what callers hear and press. It has neither index nor stream.
 *
 * | row           | pk               | sk               | holds                                                    |
 * |---------------|------------------|------------------|----------------------------------------------------------|
 * | menu          | MENU#<menuId>    | MENU             | the menu with all its steps                              |
 * | menu entrance | MENU#<menuId>    | ENTRANCE         | what its first answer needs, for a default menu          |
 * | menu number   | MENU#<menuId>    | NUMBER#<E.164>   | that the number leads strangers into the menu            |
 * | menu in lists | MENUS            | <menuId>         | when the menu was changed, for lists                     |
 * | strangers     | NUMBER#<E.164>   | STRANGERS        | what the number does with strangers, and what the first  |
 * |               |                  |                  | answer of its menu needs                                 |
 * | call of ours  | SESSION#<id>     | MENU             | the menu that somebody was rung with, for a day          |
 * | … prepared    | CALL#<digest>    | MENU             | the same by the two numbers, for an hour                 |
 *
 * | access                                | requests                                     | units                     |
 * |---------------------------------------|----------------------------------------------|---------------------------|
 * | a call comes in                       | in the batch read of its claim               | 1 read / 4 KB             |
 * | a key was pressed                     | GetItem of the menu, consistent              | 1 read / 4 KB             |
 * | put a menu                            | Transact; Query its numbers, Update each     | 4 write / KB, 1 + 2 each  |
 * | one menu, all menus                   | GetItem; Query MENUS                         | 1 read / 4 KB             |
 * | lead a number's strangers             | GetItem of the menu, Transact                | 1 read, 6 write           |
 * | ring somebody with a menu             | Put before, Put after                        | 2 write / KB              |
 * | the first key of such a call          | BatchGet of both, consistent                 | 2 read / 4 KB             |
 */

export interface ConversationKey {
  readonly pk: string;
  readonly sk: string;
}

const NUMBER = 'NUMBER#';
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

export const menusPartition = 'MENUS';
/** Where the numbers begin that have a menu. */
export const numberPrefix = NUMBER;

export const conversationKeys = {
  menu: (menuId: string): ConversationKey => ({ pk: `MENU#${menuId}`, sk: 'MENU' }),
  entrance: (menuId: string): ConversationKey => ({ pk: `MENU#${menuId}`, sk: 'ENTRANCE' }),
  menuNumber: (menuId: string, number: PhoneNumber): ConversationKey => ({
    pk: `MENU#${menuId}`,
    sk: `${NUMBER}${number.lineKey()}`,
  }),
  listedMenu: (menuId: string): ConversationKey => ({ pk: menusPartition, sk: menuId }),
  strangers: (number: PhoneNumber): ConversationKey => ({
    pk: `${NUMBER}${number.lineKey()}`,
    sk: 'STRANGERS',
  }),
  prepared: ({ from, to }: OutboundEnds): ConversationKey => ({
    pk: `CALL#${digest(`${from.lineKey()} ${to.lineKey()}`)}`,
    sk: 'MENU',
  }),
  outbound: (sessionId: string): ConversationKey => ({ pk: `SESSION#${sessionId}`, sk: 'MENU' }),
};
