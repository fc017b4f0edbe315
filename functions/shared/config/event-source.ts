/** By what rules know the events of this service, and receivers who sent them. */
export const EVENT_SOURCE = 'number-masking';
