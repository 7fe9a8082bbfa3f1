package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.engine.StubRunner.Script;
import dev.torc.engine.StubRunner.Stub;
import dev.torc.local.ProcessEnd;
import dev.torc.plan.Reason;
import dev.torc.records.Cache;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.syntax.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What jobs store in the file of TORC_OUTPUT, and who needs it. */
class DataTest extends Harness {

  private static final String TWO =
      """
      train: { command: make train, needs: [x] }
      use: { command: make use, needs: [{ data: train.loss }], produces: [use.out] }
      """;

  /** A job that writes these lines to its output file. */
  private Script storing(String lines) {
    return stub -> {
      Files.writeString(Path.of(stub.env("TORC_OUTPUT")), lines);
      return work(stub);
    };
  }

  private void trained(String lines) {
    edit("x", lines);
    job("train", storing(lines));
  }

  private List<StoredValue> stored(String job) {
    try (Cache cache = Cache.look(place(), _ -> {})) {
      return cache.data(job);
    }
  }

  private static String data(Stub stub) throws Exception {
    return Files.readString(Path.of(stub.env("TORC_DATA")));
  }

  @Test
  void aReaderDependsOnTheValueAndNotOnTheRun() {
    given(TWO);
    trained("loss=0.25\n");
    build().ran("train", "use");
    settled();
    trained("other=1\nloss=0.25\n");
    build().ran("train");
    assertEquals(JobState.UP_TO_DATE, state("use"));
    trained("loss=0.2\n");
    assertEquals("may run: train", look().get("use"));
    build().ran("train", "use");
    assertEquals(
        List.of(new Reason(Reason.Kind.DATA_CHANGED, "train.loss", "0.25", "0.2")), reasons("use"));
    settled();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "{\"a\":1,\"b\":[1,2]}|{ \"b\" : [1, 2], \"a\":1 }|same",
        "\"a\\u0062\"|\"ab\"|same",
        "ab|\"ab\"|same",
        " 0.5|0.5|same",
        "1.10|1.1|other",
        "[1,2]|[2,1]|other",
        "5|\"5\"|other",
        "true|\"true\"|other",
        "NaN|nan|other",
        "null|\"null\"|other"
      })
  void jsonValuesAreComparedAsValuesAndNumbersAsWritten(String first, String second, String how) {
    given(TWO);
    trained("loss=" + first + "\n");
    build().ran("train", "use");
    trained("loss=" + second + "\n");
    build();
    assertEquals(how.equals("same") ? JobState.UP_TO_DATE : JobState.RAN, state("use"));
    assertEquals(List.of(new StoredValue("loss", second)), stored("train"), "as it is written");
  }

  @Test
  void aPlaceholderIsANeedByItselfAndHasTheValue() throws Exception {
    given(
        """
        train: { command: make train, needs: [x] }
        use: { command: "use {data.train.loss} '{data.train.name}'", produces: [use.out] }
        env: { command: make env, env: { LOSS: "is {data.train.loss}" }, produces: [env.out] }
        words: { command: [words, "{data.train.name}"], produces: [words.out] }
        """);
    trained("loss=0.25\nname=it's a name\n");
    build().ran("train", "use", "env", "words");
    Held use = hold("use");
    Held env = hold("env");
    Held words = hold("words");
    trained("loss=0.5\nname=it's a name\n");
    Building building = start();
    assertEquals(
        List.of("sh", "-e", "-c", "use 0.5 'it'\\''s a name'"),
        use.started().launch().steps().getFirst().argv());
    assertEquals("is 0.5", env.started().env("LOSS"));
    assertEquals("{\"train.loss\":0.5,\"train.name\":\"it's a name\"}", data(use.started()));
    use.go();
    env.go();
    building.await();
    ran("train", "use", "env");
    assertTrue(!words.isStarted());
    assertEquals("data changed train.loss", why("use"));
  }

  @Test
  void valuesArePutInAsTheyAreInAListOfWords() {
    given(
        """
        train: { command: make train, needs: [x] }
        words: { command: [words, "{data.train.name}", "n={data.train.name}"] }
        """);
    trained("name<<END\none 'two'\nthree\nEND\n");
    Held words = hold("words");
    Building building = start();
    assertEquals(
        List.of("words", "one 'two'\nthree", "n=one 'two'\nthree"),
        words.started().launch().steps().getFirst().argv());
    words.go();
    building.await();
  }

  @Test
  void aStaticValueIsNamedWithoutAJob() throws Exception {
    String jobs =
        """
        jobs:
          use: { command: "use {data.high}", needs: [{ data: low }], produces: [use.out] }
          other: { command: make other, produces: [other.out] }
        """;
    givenFile("data: { high: 0.9, low: { b: [1, x], a: NO } }\n" + jobs);
    Held use = hold("use");
    Building building = start();
    assertEquals("use 0.9", use.started().command());
    assertEquals("{\"high\":0.9,\"low\":{\"a\":\"NO\",\"b\":[1,\"x\"]}}", data(use.started()));
    use.go();
    building.await();
    usual("use");
    givenFile("data:\n  low: { a: NO, b: [1, x] }\n  high: 0.9\n  unused: 1\n" + jobs);
    settled();
    givenFile("data: { high: 0.8, low: { b: [1, x], a: NO } }\n" + jobs);
    build().ran("use");
    assertEquals("data changed high", why("use"));
  }

  @Test
  void aJobThatNeedsNoDataGetsAnEmptyObject() throws Exception {
    given("a: { command: make a }");
    Held a = hold("a");
    Building building = start();
    assertEquals("{}", data(a.started()));
    assertFalse(Files.exists(Path.of(a.started().env("TORC_OUTPUT"))), "the first line makes it");
    assertFalse(Files.exists(Path.of(a.started().env("TORC_EVENTS"))), "the first line makes it");
    a.go();
    building.await();
  }

  @Test
  void aKeyThatTheJobDidNotStoreFailsTheReaderByName() {
    given(TWO);
    trained("lost=1\n");
    build();
    assertEquals(JobState.RAN, state("train"));
    assertEquals(JobState.FAILED, state("use"));
    assertTrue(what("use").startsWith("need data train.loss was not stored by job train"));
    trained("loss=1\n");
    build().ran("train", "use");
    trained("lost=1\n");
    build().ran("train", "use");
    assertEquals("data changed train.loss", why("use"));
    assertEquals(JobState.FAILED, state("use"));
  }

  @Test
  void valuesOfFailedAttemptsAndEarlierRunsNeverCount() {
    given(
        """
        train: { command: make train, needs: [x], retries: 1 }
        use: { command: make use, needs: [{ data: train.loss }], produces: [use.out] }
        """);
    trained("loss=1\nold=1\n");
    build().ran("train", "use");
    edit("x", "2");
    job(
        "train",
        stub -> {
          if (stub.attempt() == 1) {
            Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "loss=2\n");
            return stub.exit(1);
          }
          return storing("new=1\n").run(stub);
        });
    build();
    assertEquals(JobState.FAILED, state("use"));
    assertEquals(List.of(new StoredValue("new", "1")), stored("train"));
    edit("x", "3");
    failing("train");
    build();
    assertEquals(List.of(), stored("train"));
  }

  @Test
  void aPriorFailureWithTheSameValueAfterwardsLeavesTheReaderAlone() {
    given(TWO);
    trained("loss=1\n");
    build().ran("train", "use");
    edit("x", "2");
    failing("train");
    build();
    assertEquals(JobState.BLOCKED, state("use"));
    job("train", storing("loss=1\n"));
    build().ran("train");
    assertEquals(JobState.UP_TO_DATE, state("use"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"loss", "a.b=1", "=1", "two words=1", "k<<", "k<<EOF\nx\nEOF ", "$x<<E\nE"})
  void aLineThatCannotBeReadIsAFailureThatQuotesIt(String line) {
    given("train: { command: make train, produces: [train.out] }");
    job("train", storing("good=1\n" + line + "\n"));
    build();
    assertEquals(JobState.FAILED, state("train"));
    String first = line.lines().findFirst().orElseThrow();
    assertTrue(
        what("train").startsWith("TORC_OUTPUT has a line that cannot be read: " + first + " ("),
        what("train"));
    assertEquals(List.of(), stored("train"));
    usual("train");
    build().ran("train");
    assertEquals("failed", why("train"));
  }

  @Test
  void theFormsOfLines() {
    given("train: { command: make train }");
    String lines =
        """
        a=1

        b=x=y<<z
        c<<EOF
        one
          two=2

        EOF
        d<<E=F
        E=F
        a={"k": 2}\r
        é-1_x=
        """;
    job("train", storing(lines + "last=\"no line end\""));
    build();
    assertEquals(0, exit, () -> what("train"));
    assertEquals(
        List.of(
            new StoredValue("a", "{\"k\": 2}"),
            new StoredValue("b", "x=y<<z"),
            new StoredValue("c", "one\n  two=2\n"),
            new StoredValue("d", ""),
            new StoredValue("é-1_x", ""),
            new StoredValue("last", "\"no line end\"")),
        stored("train"));
  }

  @Test
  void aLongValueGoesByTheFileAndNotByTheCommandLine() throws Exception {
    given(
        """
        train: { command: make train, needs: [x] }
        file: { command: make file, needs: [{ data: train.loss }], produces: [file.out] }
        line: { command: "line {data.train.loss}", produces: [line.out] }
        """);
    String value = "x".repeat((64 << 10) + 1);
    trained("loss=" + value + "\n");
    Held file = hold("file");
    Building building = start();
    assertEquals("{\"train.loss\":\"" + value + "\"}", data(file.started()));
    file.go();
    building.await();
    assertEquals(JobState.RAN, state("file"));
    assertEquals(JobState.FAILED, state("line"));
    assertTrue(
        what("line")
            .endsWith(
                "{data.train.loss} is longer than 64 KiB; read it from the file that TORC_DATA"
                    + " names"),
        what("line"));
    usual("file");
    trained("loss=y" + value + "\n");
    build();
    Reason reason = reasons("file").getFirst();
    assertEquals(Reason.Kind.DATA_CHANGED, reason.kind());
    assertTrue(reason.now().length() < 100, reason.now());
    assertNotEquals(reason.old(), reason.now());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ data: trian.loss }|torc.yaml:4:30: no job trian; did you mean train?",
        "{ data: hihg }|torc.yaml:4:30: no value hihg in the data section; did you mean high?",
        "{ data: train }|torc.yaml:4:30: no value train in the data section; of a job's data write"
            + " train.KEY",
        "{ data: train. }|torc.yaml:4:30: no name of a value: train.; write JOB.KEY, or the name of"
            + " one in the data section"
      })
  void anUnknownJobOrValueIsAnErrorWithPlaceAndSuggestion(String need, String message) {
    givenFile(
        """
        data: { high: 1 }
        jobs:
          train: { command: make train }
          use: { command: b, needs: [%s] }
        """
            .formatted(need));
    assertEquals(message, assertThrows(BadInput.class, this::build).getMessage());
  }

  @Test
  void aJobThatNeedsItsOwnValueIsACycle() {
    given("a: { command: make a, needs: [{ data: a.x }] }");
    String message = assertThrows(BadInput.class, this::build).getMessage();
    assertTrue(message.contains("cycle"), message);
  }

  @Test
  void placesOfPathsAndTheLikeTakeNoValue() {
    given("a: { command: make a, produces: ['{data.b.x}'] }\nb: { command: make b }");
    String message = assertThrows(BadInput.class, this::build).getMessage();
    assertTrue(message.contains("{data.b.x} is known only when the job runs"), message);
  }

  @Test
  void dataIsNoPathAmongTheNeeds() throws Exception {
    given(
        """
        train: { command: make train, needs: [x] }
        use:
          command: use {needs} {needs[0]} {needs.in}
          needs: { loss: { data: train.loss }, in: x }
        """);
    trained("loss=1\n");
    Held use = hold("use");
    Building building = start();
    assertEquals("use x x x", use.started().command());
    assertEquals(List.of("x"), use.started().needs());
    use.go();
    building.await();
  }

  @Test
  void aJobNameMayHaveDotsAndSigns() {
    given(
        """
        "a.b/lr=0.1,s=2": { command: make it }
        use: { command: "use {data.a.b/lr=0.1,s=2.loss}" }
        """);
    job("a.b/lr=0.1,s=2", storing("loss=7\n"));
    Held use = hold("use");
    Building building = start();
    assertEquals("use 7", use.started().command());
    use.go();
    building.await();
  }

  @Test
  void aKilledTorcLeavesNoValues() {
    given(TWO);
    trained("loss=1\n");
    build().ran("train", "use");
    edit("x", "2");
    deadly("train", storing("loss=2\n"));
    build();
    assertEquals(137, exit);
    job("train", storing("loss=3\n"));
    build().ran("train", "use");
    assertEquals("data changed train.loss", why("use"));
  }

  @Test
  void whatABackgroundChildOfAnEarlierAttemptWritesDoesNotCount() {
    given("train: { command: make train, retries: 1 }");
    java.io.Writer[] left = new java.io.Writer[1];
    job(
        "train",
        stub -> {
          if (stub.attempt() == 1) {
            left[0] = Files.newBufferedWriter(Path.of(stub.env("TORC_OUTPUT")));
            return stub.exit(1);
          }
          ProcessEnd ended = storing("loss=2\n").run(stub);
          left[0].write("loss=1 and more of it\n");
          left[0].close();
          return ended;
        });
    build();
    assertEquals(List.of(new StoredValue("loss", "2")), stored("train"));
  }
}
