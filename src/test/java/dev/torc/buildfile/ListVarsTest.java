package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.plan.Manifest;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Item;
import dev.torc.workflow.Template;
import dev.torc.workflow.Workflow;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vars that are lists, and needs that come out empty. */
class ListVarsTest {

  private static final String VARS =
      "vars: { l: [-O2, a b, $x], none: [], t: x, deep: ['{l}', '{t}!'], empty: '', flags: -a -b }";

  private static Written a(String... lines) {
    String[] all = new String[lines.length + 3];
    all[0] = VARS;
    all[1] = "jobs:";
    all[2] = "  a:";
    for (int i = 0; i < lines.length; i++) {
      all[i + 3] = "    " + lines[i];
    }
    return Written.yaml(all);
  }

  private static Job job(String... lines) {
    return a(lines).load().jobs().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "cc {l} x|cc -O2 'a b' '$x' x",
        "cc {l}|cc -O2 'a b' '$x'",
        "cc {l}>x|cc -O2 'a b' '$x' >x",
        "(cc {l})&&ls|(cc -O2 'a b' '$x')&&ls",
        "echo $(cc {l})|echo $(cc -O2 'a b' '$x')",
        "cc {none} x|cc  x",
        "cc {deep}|cc -O2 'a b' '$x' x!",
        "cc {l[1]}x|cc 'a b'x",
      })
  void asAWordItStandsForAllItsItemsEachQuoted(String written, String expected) {
    assertEquals(expected.replace(" x!", " 'x!'"), Written.command(job("command: " + written)));
  }

  @Test
  void inAShellThatIsNotKnownItemsThatNeedQuotesAreRefused() {
    String[] lines = {"shell: [python3, -c]", "command: print {l}"};
    assertTrue(a(lines).refused().contains("{l} stands where its value cannot be quoted"));
  }

  @Test
  void asAnItemOfAListItStandsForItsItems() {
    Job job =
        job(
            "command: [cc, '{l}', '{none}', x]",
            "needs: ['{l}', z]",
            "produces: { p: '{deep}' }",
            "tags: '{l}'",
            "after: '{none}'");
    assertEquals(
        List.of("cc", "-O2", "a b", "$x", "x"),
        job.steps().getFirst().command().templates().stream().map(Template::declared).toList());
    assertEquals(List.of("-O2", "a b", "$x", "z"), Manifest.needs(job));
    assertEquals(List.of("-O2", "a b", "$x", "x!"), Manifest.products(job));
    assertEquals(List.of("-O2", "a b", "$x"), job.tags());
    assertEquals(List.of(), job.after());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "command: cc x{l}",
        "command: cc {l}x",
        "command: cc {l}{t}",
        "command: cc \"{l}\"",
        "command: cc '{l}'",
        "command: F={l} cc",
        "command: [cc, '-I{l}']",
        "command: [cc, '{l:stem}']",
        "{ command: cc, needs: ['{l}.c'] }",
        "{ command: cc, dir: '{l}' }",
        "{ command: cc, env: { F: '{l}' } }",
        "{ command: cc, description: '{l}' }",
      })
  void gluedToOtherTextOrWhereOneTextIsWantedItIsAnError(String line) {
    String refused = a(line).refused();
    assertTrue(refused.startsWith("torc.yaml:4:"), refused);
    assertTrue(refused.contains(": l is a list; it stands as a word of its own"), refused);
  }

  @Test
  void anItemThatIsNotThereIsAnError() {
    assertTrue(
        a("command: cc {l[3]}").refused().endsWith("{l[3]}: there are only 3, counted from 0"));
  }

  private static String names(Workflow workflow) {
    return workflow.jobs().stream().map(Job::name).collect(Collectors.joining(" "));
  }

  @Test
  void parametersTakeItsItems() {
    Workflow workflow = a("command: cc {s}", "parameters: { s: { var: l } }").load();
    assertEquals("a/s=-O2 a/s=a%20b a/s=$x", names(workflow));
    assertEquals(
        "a/s=-O2 a/s=a%20b a/s=$x a/s=z",
        names(a("command: cc {s}", "parameters: { s: ['{l}', z] }").load()));
    assertEquals(
        "torc.yaml:5:29: t is a text; where it is a list, vars: {t: [a, b]}, it gives values",
        a("command: cc {s}", "parameters: { s: { var: t } }").refused());
    assertEquals(
        "torc.yaml:5:29: no var dep; did you mean deep?",
        a("command: cc {s}", "parameters: { s: { var: dep } }").refused());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "-O3|cc -O3",
        "[]|cc",
        "%%|cc",
        "[-g, 'a b', {x: 1}]|-D l: no list: [-g, 'a b', {x: 1}]; write -D 'l=[a, b]'",
        "[-g, 'a b']|cc -g 'a b'",
        "[-g|-D l: no list: [-g; write -D 'l=[a, b]'",
        "-O3 -g|-D l: a list with blanks in it; write -D 'l=[-O3, -g]'",
        "{t}|cc '{t}'",
      })
  void fromTheCommandLineItIsOneItemOrAList(String value, String expected) {
    Written file = a("command: cc {l}").define("l", value);
    assertEquals(
        expected,
        expected.startsWith("cc")
            ? Written.command(file.load().jobs().getFirst()).strip()
            : file.refused().replaceFirst("^torc: ", ""));
  }

  @Test
  void aTextFromTheCommandLineStaysAText() {
    assertEquals(
        "cc '[a, b]'",
        Written.command(a("command: cc {t}").define("t", "[a, b]").load().jobs().getFirst()));
  }

  @Test
  void vars() {
    assertTrue(
        Written.yaml("vars: { a: ['{b}'], b: ['{a}'] }", "jobs: { }").refused().contains("circle"));
    assertTrue(
        Written.yaml("vars: { a: [[x]] }", "jobs: { }").refused().contains("must be a text"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "command: cc {flags} x|{flags} is the one word \"-a -b\" here; for several write a list,"
            + " vars: {flags: [-a, -b]}",
        "command: [cc, '{flags}']|{flags} is the one word \"-a -b\" here; for several write a list,"
            + " vars: {flags: [-a, -b]}",
        "command: cc '{flags}' \"{flags}\" {t}|",
        "command: [cc, '-x={flags}']|",
      })
  void optionsThatAreOneWordAreAWarning(String line, String expected) {
    String said =
        a(line).load().warnings().stream()
            .map(BadInput.Diagnostic::message)
            .collect(Collectors.joining());
    assertEquals(expected == null ? "" : expected, said);
  }

  @Test
  void aNeedOfNothingButPlaceholdersThatComesOutEmptyIsLeftOut() {
    Job job = job("command: cc", "needs: ['{empty}', x, '{empty}{empty}']");
    assertEquals(List.of("x"), Manifest.needs(job));
    Job named = job("command: cc {needs.two}", "needs: { one: x, two: '{empty}' }");
    assertEquals(
        List.of("one", "two"), named.needs().stream().map(Item::name).toList(), "it has a name");
    assertEquals(List.of(), named.needs().getLast().refs());
  }

  @Test
  void otherEmptyPathsAreErrors() {
    assertTrue(a("command: cc", "needs: ['']").refused().contains("an empty path"));
    assertTrue(a("command: cc", "produces: ['{empty}']").refused().contains("an empty path"));
  }
}
