package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job that makes or needs a folder is fresh with the files in it, so that a build in which
 * nothing moved looks at each file once (rule 1); whatever changes in the folder is seen (rules 4
 * and 5).
 */
class FreshFoldersTest extends Harness {

  /** What can happen to a folder that holds the files {@code in} and {@code sub/x}. */
  private enum Edit {
    FILE_COMES,
    FILE_COMES_FURTHER_DOWN,
    FILE_GOES,
    FILE_GOES_FURTHER_DOWN,
    FILE_HAS_ANOTHER_NAME,
    FILE_HAS_OTHER_BYTES,
    FILE_HAS_ANOTHER_BIT,
    FOLDER_COMES,
    LINK_IN_PLACE_OF_FILE,
    FOLDER_IN_PLACE_OF_FOLDER
  }

  private final AgedStamps aged = new AgedStamps();

  @BeforeEach
  void trustedStamps() {
    stamps = aged;
    job("a", this::make);
  }

  private ProcessEnd make(StubRunner.Stub stub) {
    edit("out/in", "text of " + stub.read("x"));
    edit("out/sub/x", "sub x");
    return stub.exit(0);
  }

  private void make(Edit edit) throws IOException {
    switch (edit) {
      case FILE_COMES -> edit("out/more", "1");
      case FILE_COMES_FURTHER_DOWN -> edit("out/sub/more", "1");
      case FILE_GOES -> delete("out/in");
      case FILE_GOES_FURTHER_DOWN -> delete("out/sub/x");
      case FILE_HAS_ANOTHER_NAME -> move("out/sub/x", "out/sub/y");
      case FILE_HAS_OTHER_BYTES -> edit("out/sub/x", "sub X");
      case FILE_HAS_ANOTHER_BIT ->
          assertTrue(root.resolve("out/sub/x").toFile().setExecutable(true));
      case FOLDER_COMES -> Files.createDirectory(root.resolve("out/empty"));
      case LINK_IN_PLACE_OF_FILE -> link("out/in", "sub/x");
      case FOLDER_IN_PLACE_OF_FOLDER -> replace();
    }
  }

  private void link(String path, String to) throws IOException {
    Files.deleteIfExists(root.resolve(path));
    Files.createSymbolicLink(root.resolve(path), Path.of(to));
  }

  private void move(String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces {@code out} by another folder whose files have the same sizes, one the same time. */
  private void replace() throws IOException {
    move("out", "was");
    edit("out/in", "Text of 1");
    edit("out/sub/x", "sub x");
    FileTime time = Files.getLastModifiedTime(root.resolve("was/in"));
    Files.setLastModifiedTime(root.resolve("out/in"), time);
  }

  /** A job that makes a folder, three that need it whole, and one beside them. */
  private void made() {
    given(
        """
        a: { command: make a, needs: x, produces: out/ }
        b: { command: make b, needs: out/, produces: b.out }
        c: { command: make c, needs: [{ job: a }], produces: c.out }
        d: { command: make d, needs: out, produces: d.out }
        e: { command: make e, needs: y, produces: e.out }
        """);
    edit("x", "1");
    edit("y", "1");
    build().ran("a", "b", "c", "d", "e");
  }

  /** A job that makes a folder, and one that does something once the folder is recorded. */
  private void madeAndThen(StubRunner.Script later) {
    given(
        """
        a: { command: make a, needs: x, produces: out/ }
        b: { command: edit, after: a }
        """);
    edit("x", "1");
    job("b", later);
    build().ran("a", "b");
  }

  private void fresh() {
    build().ran();
    assertEquals(0, stats(), "looks beside those at fresh files");
  }

  private void willRun(String why) {
    String verdict = look().get("a");
    assertTrue(verdict.startsWith("will run: " + why), verdict);
  }

  /** Nothing runs, and yet a job was not fresh. */
  private void decided() {
    build().ran();
    assertTrue(stats() > 0, "all was fresh");
  }

  @Test
  void aMadeFolderIsLookedAtOnce() {
    made();
    fresh();
    edit("x", "2");
    build().ran("a", "b", "c", "d");
    fresh();
    edit("out/in", "text of 2");
    build().ran();
    assertEquals(1, filesHashed(), "it was only touched");
    fresh();
    settled();
  }

  @ParameterizedTest
  @EnumSource
  void anyChangeInAMadeFolderIsSeen(Edit edit) throws IOException {
    made();
    fresh();
    make(edit);
    willRun("product altered out; member ");
    build().ran("a");
    fresh();
    settled();
  }

  @ParameterizedTest
  @EnumSource
  void anyChangeInANeededFolderIsSeen(Edit edit) throws IOException {
    given("b: { command: make b, needs: out/, produces: b.out }");
    edit("out/in", "text of 1");
    edit("out/sub/x", "sub x");
    build().ran("b");
    fresh();
    make(edit);
    assertTrue(look().get("b").startsWith("will run: need"), () -> look().get("b"));
    build().ran("b");
    if (edit != Edit.LINK_IN_PLACE_OF_FILE) {
      fresh();
    }
    settled();
  }

  @ParameterizedTest
  @EnumSource
  void aChangeInAMadeFolderDuringTheBuildIsSeen(Edit edit) {
    madeAndThen(
        stub -> {
          make(edit);
          return stub.exit(0);
        });
    boolean joins = edit.name().contains("_COMES"); // what is recorded stands as it was (rule 16)
    willRun(joins ? "product altered out; member added out/" : "undone");
    build().ran("a");
    fresh();
  }

  @Test
  void aMadeFolderThatCannotBeReadAnyMoreConcernsItsJobAlone() {
    madeAndThen(
        stub -> {
          String pipe = root.resolve("out/pipe").toString();
          assertEquals(0, new ProcessBuilder("mkfifo", pipe).start().waitFor());
          return stub.exit(0);
        });
    assertEquals(List.of(), notes(), "what is fresh is kept");
    delete("out/pipe");
    decided();
    fresh();
  }

  @Test
  void aFileThatNeverCountsLetsTheJobBeDecidedOnce() {
    made();
    fresh();
    edit("out/.git/config", "1");
    decided();
    fresh();
    edit("out/.git/config", "2");
    edit("out/.git/more", "1");
    fresh();
  }

  @Test
  void aMadeFolderWithLinksIsAtRestAndWhatTheySayIsSeen() throws IOException {
    job(
        "a",
        stub -> {
          make(stub);
          link("out/link", "in");
          link("out/away", "../x");
          return stub.exit(0);
        });
    given("a: { command: make a, needs: x, produces: out/ }");
    edit("x", "1");
    build().ran("a");
    fresh();
    link("out/link", "sub");
    willRun("product altered out; member ");
    build().ran("a");
    fresh();
    edit("x", "2"); // a link's target in a product counts only for jobs that name it
    build().ran("a");
    settled();
  }

  @Test
  void aJobThatNeedsAFolderWithALinkIsDecidedEachTime() throws IOException {
    given("b: { command: make b, needs: [in/], produces: b.out }");
    edit("else/where", "1");
    edit("in/file", "1");
    link("in/link", "../else/where");
    build().ran("b");
    decided();
    edit("else/where", "2");
    build().ran("b");
    assertEquals("need changed in/link", why("b"));
    settled();
  }

  @Test
  void aNewFileThatCountsInAnExcludedFolderIsSeen() {
    given("b: { command: make b, needs: [in/, '!in/sub', '!in/sub/*.o'], produces: b.out }");
    edit("in/file", "1");
    edit("in/sub/x", "1");
    build().ran("b");
    fresh();
    edit("in/sub/x.o", "1");
    build().ran();
    fresh();
    edit("in/sub/y", "1");
    assertEquals("will run: need added in/sub/y", look().get("b"));
    build().ran("b");
    fresh();
    settled();
  }

  @Test
  void aFolderWhoseStampCannotBeTrustedYetIsDecidedNextTime() {
    aged.racy.add(root.resolve("out/sub"));
    made();
    decided();
    edit("out/sub/more", "1");
    build().ran("a");
    aged.racy.clear();
    build().ran();
    fresh();
    settled();
  }

  @ParameterizedTest
  @ValueSource(strings = {"in/", "in/*"})
  void soIsOneThatIsNeeded(String need) {
    aged.racy.add(root.resolve("in"));
    given("b: { command: make b, needs: ['" + need + "'], produces: b.out }");
    edit("in/file", "1");
    build().ran("b");
    decided();
  }

  @Test
  void theMakerOfAFolderThatOtherJobsListIsAtRestWithAllThatIsInIt() throws IOException {
    given(
        """
        a: { command: make a, needs: x, produces: out/ }
        b: { command: make b, needs: 'out/*', produces: b.out }
        """);
    edit("x", "1");
    build().ran("a", "b");
    fresh();
    edit("out/sub/x", "sub X"); // out is listed for the glob, and nothing moves there
    willRun("product altered out; member ");
    build().ran("a");
    settled();
  }

  @Test
  void aTemporaryFolderThatIsGoneIsFresh() {
    given(
        """
        a: { command: make a, needs: x, produces: out/, temporary: true }
        b: { command: make b, needs: { job: a }, produces: b.out }
        c: { command: make c, needs: ['out/**', out/in], produces: c.out }
        d: { command: make d, needs: [out/], produces: d.out }
        """);
    edit("x", "1");
    build().ran("a", "b", "c", "d");
    fresh();
    delete("out");
    build().ran();
    fresh();
    edit("out/mine", "1");
    build().ran("a");
    delete("out");
    edit("x", "2");
    build().ran("a", "b", "c", "d");
    settled();
  }
}
