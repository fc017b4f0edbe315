/** Where other systems hear of what happened. */
export interface EventBus<Event> {
  /**
   * Publishes events in their order.
   * @returns those that the bus did not take, however often it was asked.
   */
  publish(events: readonly Event[]): Promise<readonly Event[]>;
}
