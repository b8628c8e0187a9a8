// The log on Lambda: Powertools' JSON lines, which the commands that read logs understand as they are.
import { Logger } from '@aws-lambda-powertools/logger'
import type { Log } from './log.ts'
import type { Service } from './metrics.ts'

/**
 * Lines with `level`, `message`, `timestamp`, `service` and the fields beside them. POWERTOOLS_LOG_LEVEL says from which
 * level on they are written (INFO unless set). Neither event nor context of an invocation is ever given to the logger:
 * what it does not know it cannot tell.
 */
export const createLambdaLog = (service: Service): Log => {
  const logger = new Logger({ serviceName: service })
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  }
}
