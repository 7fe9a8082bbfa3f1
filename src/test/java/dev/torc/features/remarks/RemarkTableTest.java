package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.remarks.RemarkTable.In;
import dev.torc.features.remarks.RemarkTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tries the examples of each row of the table of remarks (rule 14). */
class RemarkTableTest {

  @TestFactory
  Stream<DynamicTest> rule14EachRowFindsItsHitsAndNoneOfItsMisses() {
    List<DynamicTest> tests = new ArrayList<>();
    for (In in : In.values()) {
      for (Row row : RemarkTable.rows(in)) {
        String name = row.name() + " in " + in + " " + row.keys().getOrDefault("hit", List.of());
        tests.add(DynamicTest.dynamicTest(name, () -> tried(row)));
      }
    }
    return tests.stream();
  }

  private static void tried(Row row) {
    assertFalse(
        row.keys().getOrDefault("hit", List.of()).isEmpty()
            || row.keys().getOrDefault("miss", List.of()).isEmpty(),
        "examples are missing");
    List<String> wrong = new ArrayList<>();
    row.keys().getOrDefault("hit", List.of()).stream()
        .filter(each -> !finds(row, each))
        .forEach(wrong::add);
    row.keys().getOrDefault("miss", List.of()).stream()
        .filter(each -> finds(row, each))
        .forEach(wrong::add);
    assertEquals(List.of(), wrong);
  }

  private static boolean finds(Row row, String written) {
    String example =
        Pattern.compile("\\\\u(\\p{XDigit}{4})")
            .matcher(written)
            .replaceAll(each -> Character.toString(Integer.parseInt(each.group(1), 16)));
    if (row.in() == In.ENV) {
      return row.find(example, "sh", "") != null;
    }
    if (row.in() == In.LOG) {
      return row.find(example, "sh", "conda activate x | head") != null;
    }
    String[] parts = example.split(": ", 2);
    Step.Command command = new Step.Command.Shell(Template.of(parts[1].replace("\\n", "\n")));
    List<String> shell = List.of(parts[0], "-c");
    CommandWords words = new CommandWords(command, shell);
    Step step = new Step(command, ".", new TreeMap<>(), shell, null);
    for (String text : TableRemarks.texts(row.in(), words, step)) {
      Matcher found = row.find(text, parts[0], words.text());
      boolean set =
          found != null
              && switch (row.when()) {
                case UNSET -> words.maySet(found.group(1));
                case NO_PROGRAM -> words.defines(found.group(1));
                default -> false;
              };
      if (found != null && !set) {
        assertFalse(row.says(found, parts[0]).contains("{shell}"));
        return true;
      }
    }
    return false;
  }
}
