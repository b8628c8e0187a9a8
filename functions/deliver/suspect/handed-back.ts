// Why work that was about to begin was not.

/** Somebody else has to be worked alone: this work is for another invocation. Nothing of it was begun. */
export class HandedBack extends Error {
  override readonly name = 'HandedBack'
  readonly code = 'handed-back'
  readonly retryable = true
}
