// Converge: any changes, any order, any duplicates, any batches, any lost answers: every profile ends as the model says.
import { testHistories } from './converge.ts'

testHistories(3, 2500)
