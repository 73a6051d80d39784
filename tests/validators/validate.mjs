// Validates reports with the published schemas and validators: validate.mjs FORMAT=FILE...  Ends 1 when one is refused.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import validateCsaf from "@secvisogram/csaf-validator-lib/validate.js";
import * as csafSchemas from "@secvisogram/csaf-validator-lib/schemaTests.js";
import * as csafMandatory from "@secvisogram/csaf-validator-lib/mandatoryTests.js";

const require = createRequire(import.meta.url);

async function cyclonedx(text) {
  const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  return error === null ? [] : [JSON.stringify(error).slice(0, 2000)];
}

async function csaf(text) {
  const tests = [...Object.values(csafSchemas), ...Object.values(csafMandatory)];
  const result = await validateCsaf(tests, JSON.parse(text));
  return result.tests.filter((t) => !t.isValid).map((t) => `${t.name}: ${JSON.stringify(t.errors).slice(0, 1000)}`);
}

async function sarif(text) {
  const schema = JSON.parse(readFileSync(require.resolve("@microsoft/sarif-multitool-linux/sarif-2.1.0.json"), "utf8"));
  const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
  const check = ajv.compile(schema);
  return check(JSON.parse(text)) ? [] : check.errors.map((e) => `${e.instancePath} ${e.message}`);
}

const validators = { cyclonedx, csaf, sarif };
let failed = false;
for (const argument of process.argv.slice(2)) {
  const at = argument.indexOf("=");
  const format = argument.slice(0, at);
  const problems = await validators[format](readFileSync(argument.slice(at + 1), "utf8"));
  console.log(`${format}: ${problems.length === 0 ? "valid" : problems.length + " problems"}`);
  for (const p of problems.slice(0, 20)) console.log(`  ${p}`);
  failed ||= problems.length !== 0;
}
process.exit(failed ? 1 : 0);
