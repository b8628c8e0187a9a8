// Phone numbers as E.164, for installations that say which country a bare number belongs to.
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Normaliser } from '../mapping.ts'

/**
 * `+14155550123` from what people type. A number that cannot be read, or has an extension, for which E.164 has no place,
 * stays as it was: it is still what the CRM holds, and Campaign takes any text. Throws where the region is no ISO 3166 country.
 */
export const toE164 = (region: string): Normaliser => {
  if (!isSupportedCountry(region)) {
    throw new Error(`phoneRegion ${region} is no ISO 3166 country code, such as FR or US`)
  }
  return (text) => {
    const number = parsePhoneNumberFromString(text, region)
    return number?.isPossible() && number.ext === undefined ? number.number : text
  }
}
