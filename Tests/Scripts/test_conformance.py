"""Tests of the document that .dev/conformance gives to schemathesis."""

import unittest

import scripts

NAME = {"type": ["string", "null"], "minLength": 1}
ROLE = {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}


class StrictTests(unittest.TestCase):
    def setUp(self):
        self.strict = scripts.load("conformance").strict

    def test_choice_becomes_schemas_without_null(self):
        body = {"type": "object", "x-any-of": ["name", "role"],
                "properties": {"name": NAME, "role": ROLE}}
        self.assertEqual(self.strict({"schemas": [body]})["schemas"][0]["anyOf"], [
            {"required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}},
            {"required": ["role"], "properties": {"role": {"type": "string", "enum": ["a"]}}}])

    def test_exclusive_choice_allows_one(self):
        body = {"x-one-of": ["name"], "properties": {"name": NAME}}
        self.assertEqual(len(self.strict(body)["oneOf"]), 1)

    def test_null_is_a_schema_of_its_own(self):
        self.assertEqual(self.strict(NAME), {
            "anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]})

    def test_other_parts_stay_as_they_are(self):
        body = {"type": "object", "properties": {"type": {"type": "string"}, "role": ROLE}}
        self.assertEqual(self.strict(body), body)
