package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 8: what cannot be read or looked at fails its readers, by name, and nothing else. */
class Rule08UnreadableTest extends Harness {

  /** Paths of which the system says nothing. */
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  @BeforeEach
  void aSystemThatRefuses() {
    StampSource real = stamps;
    stamps =
        new StampSource() {
          @Override
          public Stamp stamp(Path path) throws IOException {
            refuse(path);
            return real.stamp(path);
          }

          @Override
          public Stamp linkStamp(Path path) throws IOException {
            refuse(path);
            return real.linkStamp(path);
          }
        };
  }

  private void refuse(Path path) throws IOException {
    if (path.startsWith(root) && refused.contains(root.relativize(path).toString())) {
      throw new IOException("cannot look at " + path + ": input/output error");
    }
  }

  private interface Spoiling {
    void make() throws Exception;
  }

  private void loop(String path) throws IOException {
    delete(path);
    Files.createSymbolicLink(root.resolve(path), Path.of(path).getFileName());
  }

  private void fifo(String path) throws Exception {
    delete(path);
    sh("mkfifo '" + path + "'");
  }

  private void sh(String script) throws Exception {
    Process sh = new ProcessBuilder("sh", "-c", script).directory(root.toFile()).start();
    assertEquals(0, sh.waitFor());
  }

  /** A reader, one that waits for it, and one that has nothing to do with it. */
  private void given3(String need) {
    given(
        """
        a: { command: make a, needs: [y, %s], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        i: { command: make i, needs: [z], produces: [i.out] }
        """
            .formatted(need));
    edit("y", "1");
    edit("z", "1");
  }

  /** Spoils a need before the first build, and once more after a good one. */
  private void failsItsReaders(String need, String name, Spoiling spoil, String why)
      throws Exception {
    given3(need);
    edit("x", "1");
    edit("d/x", "1");
    edit("e.c", "1");
    for (boolean fresh : List.of(false, true)) {
      if (!fresh) {
        build().ran("a", "b", "i");
        assertEquals(0, exit);
      } else {
        delete(".torc");
      }
      spoil.make();
      edit("z", fresh ? "2" : "3");
      String verdict = look().get("a");
      String told = fresh ? "will run: never ran" : "will fail: need unreadable " + name;
      assertEquals(told, verdict);
      build().ran(fresh ? new String[] {"a", "i"} : new String[] {"i"}); // it keeps its result
      assertEquals(1, exit);
      assertEquals(JobState.FAILED, state("a"));
      assertEquals(JobState.BLOCKED, state("b"));
      assertEquals(JobState.RAN, state("i"));
      assertTrue(what("a").contains(name) && what("a").endsWith(why), what("a"));
      build().ran(fresh ? new String[] {"a"} : new String[0]);
      assertEquals(JobState.FAILED, state("a"));
    }
    delete(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
    refused.clear();
  }

  @Test
  void whatIsBackAsItWasCostsNoRun() {
    given3("x");
    edit("x", "1");
    build();
    refused.add("x");
    build().ran();
    assertEquals(JobState.FAILED, state("a"));
    refused.clear();
    settled();
    refused.add("x");
    force = true; // who forces a job meets what the system says of the need
    build("a");
    assertEquals(JobState.FAILED, state("a"));
  }

  @Test
  void aLinkThatLeadsRoundAndRound() throws Exception {
    String why = "too many levels of symbolic links";
    failsItsReaders("x", "x", () -> loop("x"), why);
    failsItsReaders("d/x", "d/x", () -> loop("d/x"), why);
  }

  @Test
  void aFifo() throws Exception {
    String why = "it is a FIFO, socket or device, not a file";
    failsItsReaders("x", "x", () -> fifo("x"), why);
    failsItsReaders("d/", "d/", () -> fifo("d/x"), why);
  }

  @Test
  void anErrorOfTheSystem() throws Exception {
    String why = "input/output error";
    failsItsReaders("x", "x", () -> refused.add("x"), why);
    failsItsReaders("'*.c'", "e.c", () -> refused.add("e.c"), why);
    failsItsReaders("d/", "d/", () -> refused.add("d/x"), why);
    failsItsReaders("d/", "d/", () -> refused.add("d"), why);
  }

  @Test
  void aFolderForAFileAndAFileForAFolder() throws Exception {
    failsItsReaders(
        "x",
        "x",
        () -> {
          delete("x");
          Files.createDirectories(root.resolve("x"));
          loop("x/loop"); // nobody looks into it
        },
        "it is a folder; write x/");
    failsItsReaders(
        "d/",
        "d/",
        () -> {
          delete("d");
          edit("d", "1");
        },
        "it is no folder; write it without the slash");
  }

  @Test
  void aNameThatIsNoUtf8() throws Exception {
    String why = "d: holds a name that is no valid UTF-8: $'a\\xff'; rename it";
    for (String need : List.of("d/", "d/*")) {
      failsItsReaders("'" + need + "'", need, () -> sh("touch \"d/$(printf 'a\\377')\""), why);
    }
    edit("e/\ufffd", "a name like others");
    given("a: { command: make, needs: 'e/*', produces: a.out }");
    build().ran("a");
    assertEquals(0, exit);
  }

  @Test
  void aLinkThatLeadsNowhereIsAMissingSource() throws IOException {
    given3("x");
    Files.createSymbolicLink(root.resolve("x"), Path.of("nowhere"));
    BadInput e = assertThrows(BadInput.class, this::build);
    assertTrue(e.getMessage().contains("x, which does not exist"), e.getMessage());
  }

  @Test
  void aFileThatADepfileNamed() throws Exception {
    given("a: { command: make a, needs: [y], produces: [a.out], depfile: a.d }");
    edit("y", "1");
    edit("x.h", "1");
    job(
        "a",
        stub -> {
          stub.write("a.d", "a.out: x.h\n");
          return work(stub);
        });
    build().ran("a");
    loop("x.h");
    assertEquals("will run: need unreadable x.h", look().get("a"));
    build().ran("a");
    assertEquals(JobState.FAILED, state("a"));
    assertTrue(what("a").contains("x.h"), what("a"));
    delete("x.h");
    edit("x.h", "1");
    build().ran("a");
    settled();
  }

  @Test
  void whatCannotBeReadAfterTheJobHasMoved() throws Exception {
    given(
        """
        m: { command: make m, produces: [m.out] }
        a: { command: make a, needs: [x, d/, '*.c', {job: m}], produces: [a.out] }
        """);
    edit("x", "1");
    edit("d/x", "1");
    edit("e.c", "1");
    job(
        "a",
        stub -> {
          refused.addAll(List.of("x", "d/x", "e.c", "m.out"));
          return work(stub);
        });
    build();
    assertEquals(JobState.RAN, state("a"));
    for (String need : List.of("x", "d/", "e.c", "job m")) {
      said("need " + need + " of", "moved while it ran");
    }
    refused.clear();
    usual("a");
    build().ran("a");
    settled();
  }

  /** Rule 5: nobody can say that it is what was made, so it moves aside and is made again. */
  @Test
  void aProductThatCannotBeReadIsMadeAgain() throws Exception {
    given3("y");
    build();
    fifo("a.out");
    assertEquals("will run: product altered a.out", look().get("a"));
    build().ran("a");
    assertEquals(0, exit);
    assertEquals(List.of("a.out"), kept());
    settled();
    delete(".torc/kept");
    loop("a.out");
    build().ran("a");
    assertEquals(List.of("a.out"), kept());
    settled();
  }

  @Test
  void whatAGroupTakesItsValuesFrom() throws Exception {
    edit("z", "1");
    edit("d/x", "1");
    for (String from :
        List.of(
            "parameters: { p: { lines: x } }",
            "table: x.csv",
            "parameters: { p: { glob: 'd/*' } }",
            "match: 'd/{p}'")) {
      given(
          """
          g: { command: 'make g {p}', %s, produces: ['g.{p}.out'] }
          b: { command: make b, needs: [{job: g}], produces: [b.out] }
          i: { command: make i, needs: [z], produces: [i.out] }
          """
              .formatted(from)
              .replace("g.{p}", "g{p:name}"));
      loop("x");
      fifo("x.csv");
      edit("z", from);
      sh("touch \"d/$(printf 'a\\377')\"");
      build().ran("i");
      assertEquals(1, exit);
      assertEquals(JobState.BLOCKED, state("b"));
      assertEquals(JobState.FAILED, state("g"));
      delete("d");
      edit("d/x", "1");
    }
  }
}
