package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue shows which job is which, in names that all schedulers take. */
class BatchNameTest {

  private static final Path ROOT = Path.of("/p/ä");

  private static String of(String... jobs) {
    return BatchName.of("{job}", List.of(jobs), "u");
  }

  private static String shown(String... jobs) {
    String name = of(jobs);
    assertTrue(name.matches("[A-Za-z][A-Za-z0-9_.-]{0,48}-[0-9a-f]{10}"), name);
    return name.substring(0, name.length() - 11);
  }

  @Test
  void aNameBeginsWithTheJobsOwn() {
    assertEquals("align", shown("align"));
    assertEquals("align-s1", shown("align/sample=s1"));
    assertEquals("train-0.1-3", shown("train/lr=0.1,seed=3"));
    assertEquals("train-a-b", shown("train/path=a%2Fb"));
    assertEquals("ui-build.all", shown("ui:build.all"));
    assertEquals("two_words-a-b", shown("two_words/x=a=b"));
    assertEquals("sort-12", shown("sort/12"));
    assertEquals("job-7z", shown("7z"));
    assertEquals("job--", shown("äöü"));
    assertEquals("a".repeat(49), shown("a".repeat(70)));
  }

  @Test
  void severalJobsHaveTheNameOfTheirGroups() {
    assertEquals("align", shown("align/s=1", "align/s=2"));
    assertEquals("align-sort", shown("align/s=1", "sort", "align/s=2"));
  }

  @Test
  void theUserMayChangeWhatIsShown() {
    String name = BatchName.of("x {user}/{job}", List.of("align/s=1"), "u");
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9_.-]+", "-");
    assertEquals("x-" + user + "-align-1", name.substring(0, name.length() - 11));
  }

  @Test
  void namesOfOtherBatchesDifferAlsoWhenTheyAreCut() {
    String one = BatchName.of("{job}", List.of("alignment"), "u");
    String other = BatchName.of("{job}", List.of("alignment"), "v");
    for (int length : List.of(BatchName.SHORTEST, 15, 20, 60)) {
      String cut = BatchName.cut(one, length);
      assertEquals(Math.min(one.length(), length), cut.length());
      assertEquals('a', cut.charAt(0));
      assertNotEquals(cut, BatchName.cut(other, length));
    }
    assertEquals(one, BatchName.cut(one, 60));
  }

  @Test
  void aCommentHasTheRootAndTheWholeNames() {
    assertEquals("/p/ä: align/s=1 sort", BatchName.comment(ROOT, List.of("align/s=1", "sort")));
    String cut = BatchName.comment(ROOT, List.of("ä".repeat(700)));
    assertEquals("/p/ä: " + "ä".repeat(496), cut);
    assertEquals(999, cut.getBytes(StandardCharsets.UTF_8).length);
  }
}
