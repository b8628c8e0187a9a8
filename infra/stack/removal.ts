// What becomes of what holds state when its stack goes.
import { RemovalPolicy } from 'aws-cdk-lib'

/** Kept, but not by a first deployment that fails: nothing is in it yet, and its names would be taken the next time. */
export const removalPolicyOf = (retain: boolean): RemovalPolicy =>
  retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
