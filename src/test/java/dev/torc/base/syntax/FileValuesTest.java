package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DESIGN 3: the values of a needed part of a file compare as values. */
class FileValuesTest {

  private static String at(String name, String text, String key) throws IOException {
    return FileValues.of(text.getBytes(StandardCharsets.UTF_8), name).at(key);
  }

  /** Where YAML 1.1 and 1.2 read another value, as written, no two of them are the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "50         | 50",
        "50.0       | 50",
        "+50        | 50",
        "-0.0       | 0",
        "1.5e+3     | 1500",
        ".5         | 0.5",
        "1e3        | 1e3",
        "1e-3       | 1e-3",
        "012        | 012",
        "0x1F       | 0x1F",
        "1_000      | 1_000",
        "1:30       | 1:30",
        "2024-01-01 | 2024-01-01",
        ".inf       | .inf",
        "!!str 1    | \"1\"",
        "!!int '1'  | 1",
        "!!str      | \"\"",
        "'2024-01-01' | \"2024-01-01\"",
        "yes        | yes",
        "'yes'      | \"yes\"",
        "True       | true",
        "~          | null",
        "''         | \"\"",
        "adam       | \"adam\"",
        "'adam'     | \"adam\"",
        "'50'       | \"50\"",
        "1,2        | \"1,2\"",
        "[1, 2.0]   | [1,2]",
        "{b: 1, a: [x]} | {\"a\":[\"x\"],\"b\":1}",
      })
  void yaml(String text, String value) throws IOException {
    assertEquals(value, at("p.yaml", "k: " + text, "k"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"1e3 | 1000", "1E-3 | 0.001", "NaN | NaN", "\"1\" | \"1\"", "null | null"})
  void json(String text, String value) throws IOException {
    assertEquals(value, at("p.json", "{\"k\": " + text + "}", "k"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1_000 | 1000",
        "0x1F | 31",
        "1e-3 | 0.001",
        "true | true",
        "'a' | \"a\"",
        "[1, 2] | [1,2]"
      })
  void toml(String text, String value) throws IOException {
    assertEquals(value, at("p.toml", "[t]\nk = " + text, "t.k"));
  }

  @Test
  void aKeyMayHaveDotsItself() throws IOException {
    assertEquals("1", at("p.yaml", "a: {b: {c: 1}}", "a.b.c"));
    assertEquals("2", at("p.yaml", "a: {b.c: 2}", "a.b.c"));
    assertEquals("3", at("p.yaml", "a.b: {c: 3}", "a.b.c"));
    assertEquals(null, at("p.yaml", "a: [1]", "a.b"));
  }

  @Test
  void theEndingOfTheNameDecides() {
    assertTrue(FileValues.reads("a/p.yml"));
    assertTrue(FileValues.reads("p.toml"));
    assertFalse(FileValues.reads("p.py"));
    assertFalse(FileValues.reads("p.yaml.j2"));
  }

  /** A date or time is no text, and one value however it is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2024-01-01 | 2024-01-01",
        "\"2024-01-01\" | \"2024-01-01\"",
        "07:32:00 | 07:32:00",
        "2024-01-01 07:32:00.50 | 2024-01-01T07:32:00.5",
        "2024-01-01T07:32:00-07:00 | 2024-01-01T07:32:00-07:00",
      })
  void timesOfToml(String text, String value) throws IOException {
    assertEquals(value, at("p.toml", "k = " + text, "k"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b: 1\na: {b: 2} = 'a.b' 'a'.'b'",
        "a.b.c: 1\na.b: {c: 1} = 'a.b.c' 'a.b'.'c'",
        "a.b: {c: 1}\na: {b.c: 1} = 'a'.'b.c' 'a.b'.'c'",
      })
  void aKeyWithTwoMeaningsIsRefused(String line) throws IOException {
    String[] parts = line.replace('\'', '"').split(" = | (?=\")");
    String key = line.contains("c") ? "a.b.c" : "a.b";
    FileValues values = FileValues.of(parts[0].getBytes(StandardCharsets.UTF_8), "p.yaml");
    assertNull(values.at(key));
    String meanings = parts[1] + " and " + parts[2];
    assertEquals("key " + key + " means both " + meanings + "; rename one", values.missing(key));
  }
}
