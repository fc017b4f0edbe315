import * as z from 'zod';
import { NAME } from '../../shared/domain/dialogue/menu.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { VoiceProfileCatalogue } from '../../shared/ports/eight-by-eight-account.ts';
import type { KeptMenu, MenuStore } from '../../shared/ports/menus.ts';
import { type CallWithMenuDependencies, callWithMenu } from '../../shared/use-cases/call-with-menu.ts';
import { putMenu } from '../../shared/use-cases/put-menu.ts';
import { askEightByEight, eightByEightProblems, notConfigured } from '../eight-by-eight-problems.ts';
import { EXAMPLE_NOW_MS, exampleNumber, exampleRider } from '../examples.ts';
import { menuBody, presentedMenu, presentMenu } from '../menu-document.ts';
import { type Operation, operation } from '../operation.ts';
import { calledNumber, knownNumber } from '../phone-numbers.ts';
import { listOf, pageQuery, presentedTime, timeText } from '../values.ts';

export interface MenuOperationDependencies extends Omit<CallWithMenuDependencies, 'sender'> {
  readonly menus: MenuStore;
  /** Undefined where the deployment has no API key of 8x8. */
  readonly sender: CallWithMenuDependencies['sender'] | undefined;
  readonly voices: VoiceProfileCatalogue | undefined;
}

const listedMenu = z
  .object({ menuId: z.string(), revision: z.string(), stepCount: z.int(), updatedAt: presentedTime })
  .meta({ id: 'ListedMenu' });

const menuCall = z
  .strictObject(
    {
      to: calledNumber.describe('Whom to ring.'),
      from: knownNumber.describe('The virtual number that is shown.'),
    },
    'must be a JSON object',
  )
  .meta({ id: 'NewMenuCall' });

const startedMenuCall = z
  .object({
    sessionId: z.string().describe('Of the call; `GET /v1/sessions/{sessionId}` follows it.'),
    menuId: z.string(),
  })
  .meta({ id: 'StartedMenuCall' });

const smallMenu = {
  start: 'main',
  voiceProfile: 'en-US-BenjaminRUS',
  speed: 1,
  goodbye: 'Thank you for calling. Goodbye.',
  steps: {
    main: {
      ask: 'Press 1 for our hours, 2 to speak to us.',
      choices: { '1': 'hours', '2': 'us' },
      otherwise: 'invalid',
      tries: 2,
    },
    hours: { say: 'We are open from 9 to 9.', then: 'hangup' },
    us: { connect: { phoneNumber: '+6567330001' } },
    invalid: { say: 'That is no choice.', then: 'main' },
  },
};
const ofExample = { menuId: 'restaurant' };
const exampleMenu = {
  ...ofExample,
  revision: 'VME0sa2F',
  ...smallMenu,
  updatedAt: timeText(EXAMPLE_NOW_MS),
};
const exampleListed = {
  ...ofExample,
  revision: exampleMenu.revision,
  stepCount: 4,
  updatedAt: exampleMenu.updatedAt,
};

function present({ menu, updatedAtMs }: KeptMenu) {
  return { ...presentMenu(menu), updatedAt: timeText(updatedAtMs) };
}

function menuIdOf(path: Readonly<Record<string, string>>): string {
  const menuId = path.menuId ?? '';
  if (NAME.test(menuId)) return menuId;
  throw new ProblemError('INVALID_REQUEST', 'The path does not name a menu.', {
    issues: [{ path: 'menuId', message: 'must be 1 to 32 letters, digits, "-" or "_"' }],
  });
}

function notFound(): ProblemError {
  return new ProblemError('MENU_NOT_FOUND', 'No menu has this id. `GET /v1/menus` lists those there are.');
}

/** What callers hear and press: keep, read, list and remove menus, and ring somebody with one. */
export function menuOperations(deps: MenuOperationDependencies): Operation[] {
  const { menus, sender } = deps;

  async function find(path: Readonly<Record<string, string>>): Promise<KeptMenu> {
    const kept = await menus.find(menuIdOf(path));
    if (kept === undefined) throw notFound();
    return kept;
  }

  return [
    operation({
      routeKey: 'GET /v1/menus',
      operationId: 'listMenus',
      tag: 'Conversations',
      summary: 'List the menus, by their ids.',
      description: 'With how many steps each has; the steps themselves are read one menu at a time.',
      example: {
        query: { limit: '20' },
        answer: { status: 200, body: { items: [exampleListed], nextCursor: null } },
      },
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(listedMenu) },
      problems: [],
      async run({ query: { limit, cursor } }) {
        const page = await menus.list({ limit, ...(cursor !== undefined && { cursor }) });
        const items = page.items.map(({ updatedAtMs, ...item }) => ({
          ...item,
          updatedAt: timeText(updatedAtMs),
        }));
        return { status: 200, body: { items, nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'GET /v1/menus/{menuId}',
      operationId: 'getMenu',
      tag: 'Conversations',
      summary: 'Read a menu.',
      description: 'It may be put again as it is answered, less its `menuId`, `revision` and `updatedAt`.',
      example: { path: ofExample, answer: { status: 200, body: exampleMenu } },
      answers: { 200: presentedMenu },
      problems: ['MENU_NOT_FOUND'],
      async run({ path }) {
        return { status: 200, body: present(await find(path)) };
      },
    }),
    operation({
      routeKey: 'PUT /v1/menus/{menuId}',
      operationId: 'putMenu',
      access: 'manage',
      tag: 'Conversations',
      summary: 'Keep a menu, in place of one of the same id.',
      description:
        'A menu with faults is refused whole, and every fault is named by its path. Callers who are in the menu ' +
        'meanwhile begin the new one with their next key.',
      example: { path: ofExample, body: smallMenu, answer: { status: 200, body: exampleMenu } },
      body: menuBody,
      answers: { 200: presentedMenu },
      problems: ['EIGHT_BY_EIGHT_REFUSED', 'EIGHT_BY_EIGHT_UNAVAILABLE'],
      async run({ path, body: { draft, issues } }) {
        const menuId = menuIdOf(path);
        return {
          status: 200,
          body: present(await askEightByEight(() => putMenu(menuId, draft, issues, deps))),
        };
      },
    }),
    operation({
      routeKey: 'DELETE /v1/menus/{menuId}',
      operationId: 'removeMenu',
      access: 'manage',
      tag: 'Conversations',
      summary: 'Remove a menu that no virtual number leads into.',
      description: 'Callers who are in it hear the message for strangers with their next key.',
      example: { path: ofExample, answer: { status: 204 } },
      answers: { 204: null },
      problems: ['MENU_NOT_FOUND', 'MENU_IN_USE'],
      async run({ path }) {
        const menuId = menuIdOf(path);
        const numbers = await menus.numbersWith(menuId);
        if (numbers.length > 0) {
          const detail =
            'Give these numbers something else to do with strangers first: PUT /v1/numbers/{e164}.';
          throw new ProblemError('MENU_IN_USE', detail, { details: { virtualNumbers: numbers.length } });
        }
        if (!(await menus.remove(menuId))) throw notFound();
        return { status: 204 };
      },
    }),
    operation({
      routeKey: 'POST /v1/menus/{menuId}/calls',
      operationId: 'startMenuCall',
      tag: 'Conversations',
      summary: 'Ring somebody, and lead them through the menu.',
      description: 'The call is sent once; it lapses after a minute. Such calls cannot be recorded.',
      example: {
        path: ofExample,
        body: { to: exampleRider, from: exampleNumber },
        answer: { status: 202, body: { sessionId: 'session-1', ...ofExample } },
      },
      body: menuCall,
      answers: { 202: startedMenuCall },
      problems: [
        'MENU_NOT_FOUND',
        'PHONE_NUMBER_BLOCKED',
        'PHONE_NUMBER_NOT_ALLOWED',
        ...eightByEightProblems,
      ],
      async run({ path, body }) {
        if (sender === undefined) throw notConfigured();
        const { menu } = await find(path);
        const sessionId = await askEightByEight(() => callWithMenu(menu, body, { ...deps, sender }));
        return { status: 202, body: { sessionId, menuId: menu.menuId } };
      },
    }),
  ];
}
