package dev.torc.features.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.features.when.WhenReader;
import dev.torc.front.buildfile.JobFeatures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goes through the rows of words of other tools. */
class ForeignWordsTest {

  private static final List<Collection<String>> KEYS =
      List.of(
          JobFeatures.JOB,
          KnownKeys.TOP,
          KnownKeys.RESOURCES,
          WhenReader.CONDITION,
          KnownKeys.NEED);

  @Test
  void eachWordOfEachRowIsAnsweredByTheRowWhereItsKeyIsKnown() {
    List<String> lost = new ArrayList<>();
    for (String row : ForeignWords.ROWS) {
      String says = row.substring(0, row.lastIndexOf(" = "));
      for (String word : row.substring(row.lastIndexOf(" = ") + 3).split(" ")) {
        String hint =
            says.contains(";") ? says.substring(says.indexOf(';')) : "; did you mean " + says + "?";
        if (KEYS.stream()
            .noneMatch(known -> ForeignWords.hint(word + "s", known, "").equals(hint))) {
          lost.add(word + " in " + row);
        }
      }
    }
    assertEquals(List.of(), lost);
  }

  @Test
  void aWordIsReadInItsOtherSpellings() {
    assertEquals("; did you mean needs?", ForeignWords.hint("Input_Files", JobFeatures.JOB, ""));
    assertEquals("; did you mean needs?", ForeignWords.hint("dependencies", JobFeatures.JOB, ""));
    assertEquals("none", ForeignWords.hint("zebra", JobFeatures.JOB, "none"));
  }
}
