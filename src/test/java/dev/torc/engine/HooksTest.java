package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.engine.StubRunner.Stub;
import dev.torc.syntax.BadInput;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hooks. In these tests the command of a hook is the name of its script. */
class HooksTest extends Harness {

  private static final String JOBS =
      """
      jobs:
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
      """;

  private final List<String> called = Collections.synchronizedList(new ArrayList<>());

  /** Notes the calls of hooks, with what the words of {@code also} stand for in the environment. */
  private void listen(int status, String... commands) {
    for (String command : commands) {
      job(
          command,
          stub -> {
            called.add(command + " " + stub.env("TORC_STATUS"));
            return stub.exit(status);
          });
    }
  }

  private void watched() {
    edit("x", "1");
    givenFile("hooks: { start: H1, success: H2, failure: H3, finish: H4 }\n" + JOBS);
    listen(0, "H1", "H2", "H3", "H4");
  }

  @Test
  void aGoodBuildCallsStartSuccessAndFinish() {
    watched();
    build().ran("a", "b");
    assertEquals(List.of("H1 running", "H2 success", "H4 success"), called);
  }

  @Test
  void aBuildInWhichNothingRunsCallsNone() {
    watched();
    build();
    called.clear();
    settled();
    assertEquals(List.of(), called);
  }

  @Test
  void aFailedBuildCallsFailureAndFinish() {
    watched();
    failing("a");
    build();
    assertEquals(1, exit);
    assertEquals(List.of("H1 running", "H3 failure", "H4 failure"), called);
  }

  @Test
  void anInterruptedBuildStillCallsThem() {
    watched();
    Held a = hold("a");
    Building building = start();
    a.started();
    building.signal(2);
    building.await();
    assertEquals(130, exit);
    assertEquals(List.of("H1 running", "H3 interrupted", "H4 interrupted"), called);
  }

  @Test
  void aSecondSignalEndsTheLastHooks() {
    watched();
    Held a = hold("a");
    Held last = hold("H4");
    Building building = start();
    a.started();
    building.signal(2);
    last.started();
    building.signal(2);
    building.await();
    assertEquals(130, exit);
    said("hook finish failed: interrupted");
  }

  @Test
  void aHookHasTheBuildAndTheCountsInItsEnvironment() {
    watched();
    failing("b");
    Held last = hold("H4");
    Building building = start();
    Stub hook = last.started();
    assertEquals(root.toString(), hook.env("TORC_ROOT"));
    assertFalse(hook.env("TORC_BUILD").isEmpty());
    assertEquals("", hook.env("TORC_JOB"));
    assertEquals("1", hook.env("TORC_RAN"));
    assertEquals("1", hook.env("TORC_FAILED"));
    assertEquals("0", hook.env("TORC_UP_TO_DATE"));
    assertEquals(root, hook.launch().steps().getFirst().dir());
    assertEquals(List.of("sh", "-e", "-c", "H4"), hook.launch().steps().getFirst().argv());
    last.go();
    building.await();
  }

  @Test
  void aFailingHookIsToldAndChangesNothing() {
    watched();
    job(
        "H1",
        stub -> {
          Files.writeString(stub.launch().log(), "one\ntwo\n");
          return stub.exit(3);
        });
    listen(4, "H2");
    build().ran("a", "b");
    assertEquals(0, exit);
    said("hook start failed: exit 3; its output is in .torc/logs/hooks.log");
    said("  | two");
    said("hook success failed: exit 4");
    assertEquals("== start: H1\none\ntwo\n", read(".torc/logs/hooks.log"));
    settled();
  }

  @Test
  void jobsDoNotWaitForAHookThatIsNotRequired() {
    watched();
    Held first = hold("H1");
    Held a = hold("a");
    Building building = start();
    first.started();
    a.started();
    a.go();
    assertTrue(called.isEmpty());
    first.go();
    building.await();
    assertEquals(List.of("H1 running", "H2 success", "H4 success"), called);
  }

  private void requiring(String on, String job) {
    edit("x", "1");
    String of = job.isEmpty() ? "" : ", job: " + job;
    givenFile(
        "hooks: [{ on: %s%s, command: H, required: true }, { on: finish, command: F }]\n"
                .formatted(on, of)
            + JOBS
            + "  c: { command: make c, produces: [c.out] }\n");
    listen(0, "H", "F");
  }

  @Test
  void noJobStartsBeforeARequiredStartHookEnded() {
    requiring("start", "");
    Held hook = hold("H");
    Building building = start();
    hook.started();
    assertEquals(List.of(), started());
    hook.go();
    building.await();
    ran("a", "b", "c");
    assertEquals(0, exit);
  }

  @Test
  void afterAFailedRequiredStartHookNoJobStarts() {
    requiring("start", "");
    listen(1, "H");
    build().ran();
    assertEquals(1, exit);
    assertEquals(JobState.NOT_REACHED, state("a"));
    assertEquals(List.of("H running", "F failure"), called);
    listen(0, "H");
    build().ran("a", "b", "c");
    assertEquals("never ran", why("a"));
  }

  @Test
  void aJobWaitsForItsRequiredReadyHookAndOthersDoNot() {
    requiring("ready", "a");
    Held hook = hold("H");
    Held other = hold("c");
    Building building = start();
    hook.started();
    other.started();
    other.go();
    assertEquals(List.of("c"), started());
    hook.go();
    building.await();
    ran("a", "b", "c");
  }

  @Test
  void aFailedRequiredReadyHookFailsItsJobAndTheRestGoesOn() {
    requiring("ready", "a");
    listen(1, "H");
    build();
    assertEquals(1, exit);
    assertEquals(JobState.FAILED, state("a"));
    assertEquals("its hook ready failed", what("a"));
    assertEquals(JobState.BLOCKED, state("b"));
    assertEquals(JobState.RAN, state("c"));
    listen(0, "H");
    build().ran("a", "b");
    assertEquals("failed", why("a"));
  }

  @Test
  void aJobThatAReadyHookRefusesIsNotTriedAgain() {
    edit("x", "1");
    givenFile(
        """
        hooks: [{ on: ready, job: a, command: H, required: true }]
        jobs: { a: { command: make a, retries: 3 } }
        """);
    listen(1, "H");
    build();
    assertEquals(List.of("H running"), called);
    assertTrue(events.stream().noneMatch(Event.JobRetried.class::isInstance));
  }

  @Test
  void aFailedRequiredHookAtTheEndFailsTheBuild() {
    requiring("success", "");
    listen(1, "H");
    build().ran("a", "b", "c");
    assertEquals(1, exit);
    said("hook success failed: exit 1");
    assertEquals(List.of("H success", "F success"), called);
    called.clear();
    settled();
  }

  @ParameterizedTest
  @CsvSource({
    "0, ready running; success success; done success",
    "1, ready running; failure failure; done failure"
  })
  void hooksOfAJob(int status, String calls) {
    edit("x", "1");
    givenFile(
        """
        hooks:
          - { on: ready, job: a, command: ready }
          - { on: success, job: a, command: success }
          - { on: failure, job: a, command: failure }
          - { on: done, job: a, command: done }
        """
            + JOBS);
    listen(0, "ready", "success", "failure", "done");
    job(
        "a",
        stub -> {
          work(stub);
          return stub.exit(status);
        });
    Held done = hold("done");
    Building building = start();
    assertEquals("a", done.started().env("TORC_JOB"));
    done.go();
    building.await();
    // The two hooks of the end run side by side.
    assertEquals("ready running", called.getFirst());
    assertEquals(sorted(List.of(calls.split("; "))), sorted(called));
    called.clear();
    usual("a");
    build();
    called.clear();
    delete("b.out");
    build().ran("b");
    assertEquals(List.of(), called, "a was up to date");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ begin: ls }|torc.yaml:1:10: unknown key begin in hooks; known are start, success,"
            + " failure, finish",
        "[{ on: ready, command: ls }]|torc.yaml:1:15: ready is of a job; add job: NAME of a job or"
            + " group",
        "[{ on: start, job: a, command: ls }]|torc.yaml:1:15: start is of the build; of a job write"
            + " ready",
        "[{ on: done, job: aa, command: ls }]|torc.yaml:1:26: no job aa; did you mean a?",
        "[{ on: finnish, command: ls }]|torc.yaml:1:15: on is start, ready, done, success, failure,"
            + " finish; did you mean finish?",
        "[{ on: finish }]|torc.yaml:1:9: a hook has on and command",
        "{ start: 'echo {needs}' }|torc.yaml:1:17: {needs} is of a job; a hook has only vars",
        "{ start: '' }|torc.yaml:1:17: the command is empty"
      })
  void whatIsRefusedHasItsPlace(String hooks, String message) {
    givenFile("hooks: " + hooks + "\njobs: { a: { command: ls } }\n");
    assertEquals(message, assertThrows(BadInput.class, this::build).getMessage());
  }

  @Test
  void aJobNamedHooksHasALogOfItsOwn() {
    assertEquals("%68ooks", JobFileName.of("hooks"));
    assertEquals("%2568ooks", JobFileName.of("%68ooks"));
  }

  @Test
  void theProcessesOfAHookAreNotThoseOfItsJob() {
    edit("x", "1");
    givenFile("hooks: [{ on: ready, job: a, command: H }]\n" + JOBS);
    Held hook = hold("H");
    Held a = hold("a");
    Building building = start();
    var ofHook = hook.started().launch().mark().entrySet();
    var ofJob = a.started().launch().mark().entrySet();
    var hooks = hook.started().launch().steps().getFirst().env().entrySet();
    var jobs = a.started().launch().steps().getFirst().env().entrySet();
    assertTrue(hooks.containsAll(ofHook) && jobs.containsAll(ofJob));
    assertFalse(hooks.containsAll(ofJob));
    assertFalse(jobs.containsAll(ofHook));
    hook.go();
    a.go();
    building.await();
  }

  private static List<String> sorted(List<String> texts) {
    return texts.stream().sorted().toList();
  }
}
