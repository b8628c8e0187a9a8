import { expect, it } from 'vitest'
import { isKnownOperation } from './contract.ts'

it('knows the operations of Adobe’s OpenAPI file by method and path', () => {
  const known = [
    ['PATCH', '/tenant/campaign/profileAndServicesExt/profile/a%2Fb'],
    ['PATCH', '/tenant/campaign/profileAndServices/profile/@x'],
    ['GET', '/tenant/campaign/profileAndServicesExt/profile/byEmail?email=a%40b.c'],
    ['GET', '/tenant/campaign/profileAndServicesExt/profile/byLoyaltyId?loyaltyId_parameter=L%2F1'],
    ['GET', '/tenant/campaign/profileAndServicesExt/profile/loyaltyId?loyaltyId_parameter=L%2F1'],
    ['GET', '/tenant/campaign/profileAndServices/profile'],
    ['POST', '/ims/token/v3'],
  ]
  for (const [method = '', path = ''] of known) expect(isKnownOperation(method, path), path).toBe(true)
})

it('knows none that are not there', () => {
  const unknown = [
    ['PUT', '/tenant/campaign/profileAndServicesExt/profile/x'],
    ['PATCH', '/tenant/campaign/profileAndServices/profile'],
    ['GET', '/tenant/campaign/profileAndServicesNew/profile/x'],
    ['GET', '/tenant/other/profileAndServices/profile/x'],
    ['DELETE', '/tenant/campaign/profileAndServices/service/x'],
  ]
  for (const [method = '', path = ''] of unknown) expect(isKnownOperation(method, path), path).toBe(false)
})
