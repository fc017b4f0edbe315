import type { Random } from '../../../../functions/shared/domain/allocation.ts';

/** How often something of ours fails. */
const FAILURE_SHARE = 0.05;

/** How programs quote a number that they failed on. */
const quotations: readonly ((number: string) => string)[] = [
  (number) => `Cannot put item {"S":"PARTY#${number}"} of ${number.slice(1)}, sorry.`,
  (number) => `One or more parameter values are not valid: phone_${number.slice(1)} is too long.`,
  (number) => `connect ECONNREFUSED https://store.example/parties/${encodeURIComponent(number)}?of=${number}`,
  (number) =>
    `Value '[tel:${number.slice(0, 3)} ${number.slice(3, 7)}-${number.slice(7)}]' failed to satisfy`,
];

/** The world around a function, which breaks now and then and quotes in its errors whoever it worked for. */
export interface UnreliableWorld {
  /** The phone number that errors quote from now on. */
  about(number: string): void;
  /** The same port; each of its methods fails now and then. */
  unreliable<Port extends object>(port: Port): Port;
}

export function createUnreliableWorld(random: Random): UnreliableWorld {
  let quoted = '';

  function fail(): never {
    const quote = quotations[Math.floor(random() * quotations.length)] ?? String;
    throw Object.assign(new Error(quote(quoted)), { cause: quoted, item: quoted });
  }

  return {
    about(number) {
      quoted = number;
    },
    unreliable: (port) =>
      new Proxy(port, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) =>
            random() < FAILURE_SHARE ? failLike(member, fail) : Reflect.apply(member, target, given);
        },
      }),
  };
}

/** An iterable fails when it is asked for its first element, anything else as a promise. */
function failLike(member: object, fail: () => never): unknown {
  if (member.constructor.name !== 'AsyncGeneratorFunction') return new Promise(fail);
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(fail) }) };
}
