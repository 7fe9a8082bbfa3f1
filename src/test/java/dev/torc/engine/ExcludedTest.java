package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a {@code !} excludes is no need, so its maker is none either. */
class ExcludedTest extends Harness {

  /** The reader runs first, and alone where it is the target; what is made later is no member. */
  private void firstAndForGood(String made, String needs) {
    given(
        """
        a: { command: make a, needs: [all], produces: [%s] }
        r: { command: make r, needs: [%s], produces: [all] }
        """
            .formatted(made, needs));
    edit("d/source", "1");
    build("r").ran("r");
    assertEquals(0, exit);
    build().ran("a");
    settled();
    delete("all");
    build().ran("r"); // the same bytes again
    settled();
  }

  /** What torc itself writes would make the reader run for ever. */
  @Test
  void whatStandsInAFolderThatNeverCounts() {
    given("r: { command: make r, needs: ['.torc/*', '.git/**', 'd/*'], produces: [all] }");
    edit("d/source", "1");
    edit(".git/HEAD", "1");
    build().ran("r");
    settled();
    edit(".git/HEAD", "2");
    settled();
  }

  @Test
  void aFile() {
    firstAndForGood("d/p", "'d/*', '!d/p'");
    assertEquals("up to date", look().get("r"));
  }

  @Test
  void aFileInANeededFolder() {
    firstAndForGood("d/p", "d/, '!d/p'");
  }

  @Test
  void aFolderWithHiddenFilesInANeededFolder() {
    job(
        "a",
        stub -> {
          stub.write("d/sub/.hidden", "1");
          return work(stub);
        });
    firstAndForGood("d/sub/", "d/, '!d/sub/'");
  }

  @Test
  void aFolderOutOfAGlob() {
    firstAndForGood("d/sub/", "'d/**', '!d/sub/**'");
  }

  @Test
  void whatAGlobMakes() {
    firstAndForGood("'d/part-*.csv'", "'d/*', '!d/part-*'");
  }

  @Test
  void whatAGlobMakesAndNotAllOfItIsExcludedIsAwaited() {
    given(
        """
        a: { command: make a, produces: ['d/p*'] }
        r: { command: make r, needs: ['d/*', '!d/p1*'], produces: [all] }
        """);
    build("r").ran("a", "r");
  }

  @Test
  void theFilesOfAGroup() {
    given(
        """
        g:
          parameters: { f: { glob: ['d/*.csv', '!d/sum.csv', '!d/part-*'] } }
          command: make {f}
          produces: ['{f:stem}.out']
        sum: { command: make sum, needs: [{ job: g }], produces: [d/sum.csv] }
        parts: { command: make parts, needs: [{ job: g }], produces: ['d/part-*.csv'] }
        """);
    edit("d/x.csv", "1");
    build("g").ran("g/f=d%2Fx.csv");
    build().ran("sum", "parts");
    settled();
  }
}
