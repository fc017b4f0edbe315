import type { Menu } from '../domain/dialogue/menu.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Page } from './page.ts';

/** A menu with when it was last changed. */
export interface KeptMenu {
  readonly menu: Menu;
  readonly updatedAtMs: number;
}

/** A menu as lists tell it. */
export interface ListedMenu {
  readonly menuId: string;
  readonly revision: string;
  readonly stepCount: number;
  readonly updatedAtMs: number;
}

/** Menus, as those keep them who write them. Every read is consistent. */
export interface MenuStore {
  /** One read. */
  find(menuId: string): Promise<KeptMenu | undefined>;
  /** By their ids; one query. */
  list(page: { readonly limit: number; readonly cursor?: string }): Promise<Page<ListedMenu>>;
  /** One transaction. */
  put(menu: Menu, nowMs: number): Promise<KeptMenu>;
  /** The numbers that lead strangers into the menu; one query a thousand. */
  numbersWith(menuId: string): Promise<readonly PhoneNumber[]>;
  /** Brings what a number keeps of the menu up to date, if it still has the menu and none that is newer; one write. */
  refreshNumber(virtualNumber: PhoneNumber, kept: KeptMenu): Promise<void>;
  /** @returns whether there was one. */
  remove(menuId: string): Promise<boolean>;
}
