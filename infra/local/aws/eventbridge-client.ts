// EventBridge's real client for senders on this machine: the functions have none, and start without it.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { CLIENT_SETTINGS } from './aws-clients.ts'

/** `endpoint` is AWS_ENDPOINT_URL_EVENTBRIDGE of the local stack. Destroy it when done. */
export const eventBridgeClient = (endpoint: string): EventBridgeClient =>
  new EventBridgeClient({ ...CLIENT_SETTINGS, endpoint })
