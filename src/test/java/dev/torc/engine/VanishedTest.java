package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * A glob, folder or group over sources that gave something to the last run of a job and gives
 * nothing now fails the job and leaves its result; where the sources are back, so is the result.
 */
class VanishedTest extends Harness {

  private static final String FORCE = "; --force runs the job all the same";

  private String before;

  private void reads(String needs, String... more) {
    given(
        "r: { command: make r, needs: [%s], produces: r }\n".formatted(needs)
            + "x: { command: make x, needs: r, produces: x }\n"
            + String.join("\n", more));
    edit("in/a_1.csv", "1");
    edit("in/a_2.csv", "2");
    edit("u", "1");
    build();
    assertEquals(0, exit, () -> notes().toString());
    settled();
    before = read("r");
  }

  /** Again and again, with nothing moved and nothing recorded. */
  private void fails(String why) {
    for (int i = 0; i < 2; i++) {
      String need = why.substring("need ".length(), why.indexOf(" matched "));
      assertEquals("will fail: need vanished " + need, look().get("r"));
      build().ran();
      assertEquals(1, exit);
      assertEquals(JobState.FAILED, state("r"));
      assertEquals(why + FORCE, what("r"));
      assertEquals(JobState.BLOCKED, state("x"));
      assertEquals(before, read("r"));
    }
  }

  private void forced() {
    force = true;
    build("r").ran("r");
    assertEquals(0, exit);
    force = false;
    build();
    assertEquals(0, exit, () -> notes().toString());
  }

  private void unmount() throws IOException {
    Files.move(root.resolve("in"), root.resolve("away"));
  }

  private void mount() throws IOException {
    Files.move(root.resolve("away"), root.resolve("in"));
  }

  @Test
  void theFolderOfAGlob() throws IOException {
    reads("'in/*.csv'");
    unmount();
    fails("need in/*.csv matched 2 files then, none now: there is no folder in");
    mount();
    settled();
    unmount();
    forced();
    unmountedForGood();
  }

  /** Nothing was given to the last run, so there is nothing to lose. */
  private void unmountedForGood() {
    edit("u", "2");
    settled();
    mountTo();
    build().ran("r", "x");
  }

  private void mountTo() {
    edit("in/a_3.csv", "3");
  }

  @Test
  void anEmptyFolderInThePlaceOfTheMountedOne() throws IOException {
    reads("'in/*.csv', u");
    unmount();
    Files.createDirectory(root.resolve("in"));
    edit("u", "other"); // it has another reason too
    fails("need in/*.csv matched 2 files then, none now: folder in is empty");
  }

  @Test
  void otherNamesThanThePattern() throws IOException {
    reads("'in/*_1.csv'");
    Files.move(root.resolve("in/a_1.csv"), root.resolve("in/a_1.csv.gz"));
    fails("need in/*_1.csv matched 1 file then, none now: there is in/a_1.csv.gz");
  }

  @Test
  void aNeededFolder() throws IOException {
    reads("in/");
    unmount();
    Files.createDirectories(root.resolve("in"));
    fails("need in/ matched 2 files then, none now: folder in is empty");
    Files.createDirectories(root.resolve("in/lost+found"));
    fails("need in/ matched 2 files then, none now: there are no files in it that count");
    FileTree.remove(root.resolve("in"));
    mount();
    settled();
  }

  @Test
  void oneOfTwoThatIsLeftIsEnough() throws IOException {
    reads("'in/*.csv'");
    Files.delete(root.resolve("in/a_1.csv"));
    build().ran("r", "x");
    assertEquals(0, exit);
  }

  @Test
  void whatJobsStoppedMakingIsNoSource() {
    reads("'made/*'", "m: { command: m, produces: made/m }");
    given("r: { command: make r, needs: ['made/*'], produces: r }");
    build().ran("r");
    assertEquals(0, exit, () -> notes().toString());
  }

  private void group(String axis) {
    reads(
        "{ job: g }",
        "g: { command: 'g {f}', parameters: { f: { %s } }, produces: 'out/{f:name}' }"
            .formatted(axis));
  }

  @Test
  void aGroupOverAGlob() throws IOException {
    group("glob: 'in/*.csv'");
    unmount();
    fails(
        "need job g matched 2 files then, none now: torc.yaml:4:40: in/*.csv matches nothing: there"
            + " is no folder in");
    mount();
    settled();
  }

  @Test
  void aGroupOverLines() {
    edit("seeds", "1\n2\n");
    group("lines: seeds");
    edit("seeds", "");
    fails("need job g matched 2 files then, none now: torc.yaml:4:40: seeds holds none");
    forced();
  }

  @Test
  void aGroupOverAGroup() throws IOException {
    reads(
        "{ job: h }",
        "g: { command: 'g {f}', parameters: { f: { glob: 'in/*.csv' } }, produces: 'out/{f:name}'"
            + " }",
        "h: { command: 'h {p}', parameters: { p: { products: g } }, produces: '{p}.h' }");
    unmount();
    fails(
        "need job h matched 2 files then, none now: torc.yaml:4:40: in/*.csv matches nothing: there"
            + " is no folder in");
  }

  @Test
  void aGroupByMatch() throws IOException {
    reads(
        "{ job: g }",
        "g: { command: 'g {s} {t}', match: 'in/{s}_{t}.csv', produces: 'out/{s}_{t}' }");
    unmount();
    edit("in/a_1.tsv", "1");
    fails(
        "need job g matched 2 files then, none now: torc.yaml:4:30: in/{s}_{t}.csv matches nothing"
            + " (in/*_*.csv was looked for): there is in/a_1.tsv");
  }

  @Test
  void theProductsOfAGroupInAGlob() throws IOException {
    reads(
        "'out/*'",
        "g: { command: 'g {f}', parameters: { f: { glob: 'in/*.csv' } }, produces: 'out/{f:name}'"
            + " }");
    unmount();
    fails(
        "need out/* matched 2 files then, none now: torc.yaml:4:40: in/*.csv matches nothing: there"
            + " is no folder in");
    assertEquals(true, exists("out/a_1.csv"));
  }

  @Test
  void aGroupThatAJobLeftWithoutValuesIsOrdinary() {
    job(
        "m",
        stub -> {
          stub.write("seeds", "1\n2\n");
          return stub.exit(0);
        });
    reads(
        "{ job: g }",
        "m: { command: m, needs: u, produces: seeds }",
        "g: { command: 'g {f}', parameters: { f: { lines: seeds } }, produces: 'out/{f}' }");
    job(
        "m",
        stub -> {
          stub.write("seeds", "");
          return stub.exit(0);
        });
    edit("u", "2");
    build().ran("m", "r", "x");
    assertEquals(0, exit);
  }

  @Test
  void onlyWhatMayFailLetsTheBuildEndWell() throws IOException {
    given("r: { command: make r, needs: ['in/*'], produces: r, allow_failure: true }");
    edit("in/a", "1");
    build();
    unmount();
    build().ran();
    assertEquals(JobState.FAILED, state("r"));
    assertEquals(0, exit);
  }
}
