// npm puts the locked Node 24 first on the path; started any other way an older Node would be used without a word.
const major = Number(process.versions.node.split('.')[0])
if (major !== 24) {
  throw new Error(
    `the tests need Node 24, this is ${process.version}: run them with "npm test", on macOS and Windows with Node 24 installed`,
  )
}
