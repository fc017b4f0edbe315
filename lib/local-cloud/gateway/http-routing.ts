import type { RouteDefinition } from '../template/route-definitions.ts';
import { decodePart } from './request-target.ts';

/** A route that fits a request, and what stands in the places of its path variables, decoded. */
export interface RouteMatch {
  readonly route: RouteDefinition;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the route for a method and a path as it stands in the request line. */
export type MatchRoute = (method: string, rawPath: string) => RouteMatch | undefined;

interface CompiledRoute {
  readonly route: RouteDefinition;
  readonly method: string;
  readonly segments: readonly string[];
}

const DEFAULT_ROUTE = '$default';
const ANY_METHOD = 'ANY';

/**
 * Builds the matcher of an API. As in API Gateway the most specific route wins: fixed text before a variable,
 * a variable before a greedy one, a method of its own before ANY, and `$default` when nothing else fits.
 */
export function createRouteMatcher(routes: readonly RouteDefinition[]): MatchRoute {
  const fallback = routes.find(({ routeKey }) => routeKey === DEFAULT_ROUTE);
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .sort(bySpecificity);

  return (method, rawPath) => {
    const segments = splitPath(rawPath).map(decodePart);
    for (const { route, method: routeMethod, segments: pattern } of compiled) {
      if (routeMethod !== method && routeMethod !== ANY_METHOD) continue;
      const pathParameters = matchSegments(pattern, segments);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function compile(route: RouteDefinition): CompiledRoute {
  const [method = '', path = '/'] = route.routeKey.split(' ');
  return { route, method, segments: splitPath(path) };
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index];
    if (actual === undefined || actual === '') return undefined;
    if (isGreedy(expected)) {
      parameters[expected.slice(1, -2)] = segments.slice(index).join('/');
      return parameters;
    }
    if (isVariable(expected)) parameters[expected.slice(1, -1)] = actual;
    else if (expected !== actual) return undefined;
  }
  return segments.length === pattern.length ? parameters : undefined;
}

function bySpecificity(left: CompiledRoute, right: CompiledRoute): number {
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = vagueness(left.segments[index]) - vagueness(right.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(left.method === ANY_METHOD) - Number(right.method === ANY_METHOD);
}

function vagueness(segment: string | undefined): number {
  if (segment === undefined) return 0;
  if (isGreedy(segment)) return 3;
  return isVariable(segment) ? 2 : 1;
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}

function isGreedy(segment: string): boolean {
  return isVariable(segment) && segment.endsWith('+}');
}

function splitPath(path: string): string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/');
}
