package dev.torc.server;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The warm server: what it answers is what a cold call says, and what is odd goes cold. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class ServerIT {

  /** Lines of sh; behind {@code cold:} those that no server may answer. */
  private static final String STREAMS =
      """
      torc build | cat
      { echo before; torc status; echo after; } >f; cat f
      { echo before; torc status; torc build; echo after; } >f 2>&1; cat f
      echo old >f; { echo before; torc status; echo after; } >>f; cat f
      torc status 2>&1 | cat
      torc build --nosuch 3>&1 1>&2 2>&3
      torc help 2>&1 | head -1
      rm -f gone; { until [ -e gone ]; do sleep 0.01; done; torc list; echo "status $?" >&2; } | { exec </dev/null; : >gone; }
      torc status >/dev/full
      torc build 2>/dev/full
      torc status >/dev/null 2>&1
      torc build <&-
      torc status 1<>f; cat f
      torc status --json
      torc build "a b" "" "x\\ny"
      torc build "$(printf 'a\\377b')"
      torc build $(seq 1 2000)
      cd s && torc status
      torc -C s status
      torc build -f torc.yaml
      rm -f a.out; umask 077; torc build -q; stat -c %a a.out
      export FOO='a b'; torc build -q --force foo; cat foo.out
      env -i PATH="$PATH" XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR" TORC_JAVA_HOME="$TORC_JAVA_HOME" sh -c '"$0" list' "$TORC"
      mkfifo p; cat p & torc status >p; wait; rm p
      exec 4>f; rm f; torc status >&4; torc status >/proc/self/fd/4; cat /proc/self/fd/4
      torc build 2>&1 | tee f
      perl -MSocket -e 'socketpair(A,B,AF_UNIX,SOCK_STREAM,0); if(!fork){open(STDOUT,">&B"); close A; close B; exec @ARGV} close B; print while <A>' "$TORC" status
      cold: torc status >&-
      torc build 2>&-
      cold: torc status 1</dev/null
      cold: cat torc.yaml | torc -f - build
      cold: torc -f /dev/stdin list <torc.yaml
      cold: torc status 7</dev/null
      cold: CI=1 torc status
      cold: MAKELEVEL=1 torc status
      cold: TZ=Asia/Tokyo torc status
      cold: PATH=.:$PATH torc status
      cold: torc events
      cold: torc build tty
      """;

  /** Ways to call torc with another context, each with what the log names. */
  private static final String CONTEXTS =
      """
      limits: ulimit -n 100; torc status
      limits: ulimit -c 0 -S; ulimit -s 4096; torc status
      nice: nice -n 5 "$TORC" status
      Cpus_allowed: taskset 1 "$TORC" status
      policy: chrt -b 0 "$TORC" status
      input and output priority: ionice -c 3 "$TORC" status
      NoNewPrivs: setpriv --no-new-privs "$TORC" status
      Groups: setpriv --groups 4711 "$TORC" status
      CapPrm: setpriv --bounding-set -mknod "$TORC" status
      oom_score_adj: echo 500 >/proc/self/oom_score_adj && torc status
      personality: setarch -R "$TORC" status
      mnt: unshare -m "$TORC" status
      uts: unshare -u "$TORC" status
      time: unshare -T "$TORC" status
      limits: ulimit -t 1000; torc status
      TracerPid: strace -f -o /dev/null "$TORC" status
      THP_enabled: [ $(uname -m) = x86_64 ] || exit 127; perl -e 'syscall(157,41,1,0,0,0); exec @ARGV' "$TORC" status
      memory policy: [ $(uname -m) = x86_64 ] || exit 127; perl -e '$n=pack(q(Q),1); syscall(238,2,$n,64)==0 or exit 127; exec @ARGV' "$TORC" status
      """;

  /** Calls of the long tests; -Dtorc.calls=10000 makes more. */
  private static final int CALLS = Integer.getInteger("torc.calls", Sample.part(5, 240));

  @TempDir Path temp;
  private Sandbox project;
  private WarmServer server;

  @BeforeEach
  void start() throws Exception {
    project = new Sandbox(temp);
    project.build(
        """
        jobs:
          a: { command: cp in a.out, needs: in, produces: a.out }
          foo: { command: 'printf "%s" "$FOO" > foo.out', produces: foo.out }
          tty: { command: 'true', interactive: true, manual: true }
          slow: { command: 'until [ -e go ]; do sleep 0.01; done', manual: true }
        """);
    project.write("in", "1");
    project.write("s/x", "");
    project.env.put("TORC", Sandbox.launcher());
    server = new WarmServer(temp, project.env);
    assertEquals(0, project.torc("build").exit());
  }

  @AfterEach
  void end() throws Exception {
    server.stop();
    project.close();
  }

  private void awaitJob() throws Exception {
    Path marks = project.root.resolve(".torc/running");
    until("a job runs", () -> Files.exists(marks) && Files.size(marks) > 0);
  }

  private Ran line(String shell, String line) throws Exception {
    return project.run(List.of("sh", "-c", "torc() { " + shell + " \"$TORC\" \"$@\"; }\n" + line));
  }

  /**
   * Every stream gets the same bytes by both routes, from each shell that can be /bin/sh; a fifth
   * of the shells where not all is played.
   */
  @Test
  void eachStreamGetsTheBytesOfAColdCall() throws Exception {
    List<String> shells = new ArrayList<>();
    for (String shell : List.of("sh", "dash", "bash", "busybox sh", "zsh --emulate sh", "mksh")) {
      if (project.sh("command -v " + shell.split(" ")[0]).exit() == 0) {
        shells.add(shell);
      }
    }
    for (String line : STREAMS.split("\n")) {
      boolean cold = line.startsWith("cold: ");
      String script = line.replaceFirst("^cold: ", "");
      project.env.put("TORC_SERVER", "0");
      String expected = plain(line("sh", script));
      project.env.remove("TORC_SERVER");
      // bash keeps a copy of a closed stream 2, by both routes
      for (String shell : line.contains("2>&-") ? List.of("sh") : Sample.each(5, shells)) {
        int before = server.log(" served: ").size();
        assertEquals(expected, plain(line(shell, script)), shell + ": " + line);
        String said = shell + ": " + line + server.log(" refused: ");
        assertEquals(cold, server.log(" served: ").size() == before, said);
      }
    }
  }

  private static String plain(Ran ran) {
    String all = ran.out() + "\n--\n" + ran.err() + "\n--\n" + ran.exit();
    return all.replace("; first run", "")
        .replaceAll("\\b[\\d.]+ s\\b", "TIME")
        .replaceAll("\\d\\d:\\d\\d:\\d\\d", "TIME");
  }

  /** What jobs would inherit from the server and not from the caller must be equal. */
  @Test
  void aCallerWithAnotherContextGoesCold() throws Exception {
    for (String line : CONTEXTS.split("\n")) {
      String item = line.substring(0, line.indexOf(": "));
      int before = server.log("refused: context: " + item).size();
      Ran ran = line("sh", line.substring(item.length() + 2));
      if (!ran.err().contains("denied") && !ran.err().contains("ermitted") && ran.exit() != 127) {
        assertEquals(0, ran.exit(), line + ran.err());
        assertEquals(before + 1, server.log("refused: context: " + item).size(), line);
      }
      assertEquals(0, project.torc("status").exit()); // is served: three refusals end a server
    }
    assertEquals("running", server.call("status").substring(0, 7));
    for (int i = 0; i < 3; i++) {
      line("sh", "nice -n 5 \"$TORC\" status");
    }
    until("refused callers end it", () -> server.call("status").equals("not running\n"));
  }

  @Test
  void aSecondCallAndACallOfAJobGoCold() throws Exception {
    project.write("other/torc.yaml", "jobs: { x: { command: 'true' } }");
    project.edit("torc.yaml", "jobs:", "jobs:\n  nested: { command: '\"$TORC\" -C other' }");
    Going slow = project.start("build", "slow");
    until(
        "the job runs",
        () ->
            slow.err().isEmpty()
                && Files.exists(project.root.resolve(".torc/running"))
                && Files.size(project.root.resolve(".torc/running")) > 0);
    int before = server.log(" served: ").size();
    assertEquals(0, project.torc("status").exit());
    assertEquals(before, server.log(" served: ").size());
    project.write("go", "");
    assertEquals(0, slow.await().exit());
    Ran nested = project.torc("build", "nested");
    assertEquals(0, nested.exit(), nested.err());
    assertEquals(before + 2, server.log(" served: ").size());
  }

  /** Starts a build, and waits until its job runs. */
  private Going startSlow() throws Exception {
    Going slow = project.start("build", "slow");
    Path running = project.root.resolve(".torc/running");
    until("the job runs", () -> Files.exists(running) && Files.size(running) > 0);
    return slow;
  }

  /** Only a client that does not know whether its call began goes on by itself. */
  @Test
  void aServerThatDiesLosesNoCallInSilence() throws Exception {
    Going slow = startSlow();
    ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
    Ran ran = slow.await();
    assertEquals(3, ran.exit());
    assertEquals("torc: its server ended before the work did; call torc again", ran.last());
    assertEquals(0, project.torc("status").exit(), "dead FIFOs");
    project.write("go", "");
    assertEquals(0, project.torc("build", "slow").exit());
    server.start();
    assertEquals(0, project.torc("status").exit());
    assertEquals(1, server.log(" served: ").size() - served(), "the new server serves");
  }

  private int served() throws IOException {
    return server.log(" served: ").size() - 1;
  }

  @Test
  void aClientThatIsKilledEndsItsBuild() throws Exception {
    Going slow = startSlow();
    slow.process().destroyForcibly().waitFor();
    until("the call is over", () -> server.log(" served: status 143").size() == 1);
    until("its place is free", () -> !Files.exists(server.folder.resolve("busy0")));
  }

  /** What a server that is gone, or a hand, left in the folder stops neither calls nor servers. */
  @Test
  void oddFilesInTheFolderGoCold() throws Exception {
    Path folder = server.folder;
    server.freeze(); // else it may remove the claims
    for (int i = 0; i < 4; i++) {
      Files.writeString(folder.resolve("busy" + i), "4194304\n"); // no such process
    }
    assertEquals(0, project.torc("status").exit());
    assertEquals(1, server.log(" served: ").size(), "no place was free");
    project.sh("kill -CONT " + server.pid());
    for (int i = 0; i < 4; i++) {
      Files.delete(folder.resolve("busy" + i));
      Files.delete(folder.resolve("say" + i));
      Files.createSymbolicLink(folder.resolve("say" + i), Path.of("/dev/null"));
    }
    assertEquals(0, project.torc("status").exit());
    server.call("stop");
    Files.deleteIfExists(folder.resolve("busy0"));
    Files.writeString(folder.resolve("ask"), "");
    Files.createSymbolicLink(folder.resolve("busy0"), folder.resolve("x"));
    assertEquals(0, project.torc("status").exit());
    server.start();
    assertEquals(0, project.torc("status").exit());
    assertEquals(2, server.log(" served: ").size());
    assertFalse(Files.exists(folder.resolve("x")));
  }

  /** After many calls the server has no more descriptors and threads than after some. */
  @Test
  void manyCallsLeaveNothingBehind() throws Exception {
    String[] calls = {"build -q", "list --json", "build -n", "why a", "build --wrong", "log a"};
    List<long[]> sizes = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      if (i % 5 == 0) {
        project.write("in", "" + i);
      }
      project.torc(calls[i % calls.length].split(" "));
      if (i % (CALLS / 4) == CALLS / 4 - 1) {
        sizes.add(new long[] {count("fd"), count("task")});
      }
    }
    assertEquals(CALLS + 1, server.log(" served: ").size(), "" + server.log(" refused: "));
    String all = sizes.stream().map(Arrays::toString).toList().toString();
    assertTrue(sizes.get(3)[0] <= sizes.get(1)[0] + 2, all);
    assertTrue(sizes.get(3)[1] <= sizes.get(1)[1] + 4, all);
  }

  private int count(String folder) throws IOException {
    return Path.of("/proc", "" + server.pid(), folder).toFile().list().length;
  }

  /**
   * No call is made twice, lost without a word, or hangs, whenever server and clients are killed. A
   * stand-in for Java makes the cold calls. Each server lives until it has answered one.
   */
  @Test
  void noCallIsMadeTwice() throws Exception {
    server.stop();
    Path java = Files.createDirectories(temp.resolve("java/bin")).resolve("java");
    Path real = Path.of(project.env.get("TORC_JAVA_HOME"));
    Files.copy(real.resolve("release"), temp.resolve("java/release"));
    FreshProgram.write(
        java,
        """
        #!/bin/sh
        case "$*" in *dev.torc.front.server.Server* | *'Main server '*) exec '%s/bin/java' "$@" ;; esac
        echo "cold $CALL" >> count; sleep 0.2
        """
            .formatted(real));
    project.env.put("TORC_JAVA_HOME", temp.resolve("java").toString());
    long seed = Sample.SEED;
    server = new WarmServer(temp, project.env);
    AtomicInteger left = new AtomicInteger(CALLS);
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    Map<String, Integer> ends = new ConcurrentHashMap<>();
    List<Thread> clients = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      Path root = Files.createDirectory(temp.resolve("client" + n));
      Random random = new Random(seed + n);
      clients.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (Sandbox one = new Sandbox(temp, root)) {
                      one.env.putAll(project.env);
                      one.build(
                          "jobs: { a: { command: 'echo \"served $CALL\" >> count', always: true }"
                              + " }");
                      for (int call = left.getAndDecrement();
                          call > 0;
                          call = left.getAndDecrement()) {
                        String end = once(one, call, random.nextInt(20) == 0);
                        ends.merge(end, 1, Integer::sum);
                        if (end.startsWith("wrong")) {
                          wrong.add(end);
                        }
                      }
                    } catch (Exception e) {
                      wrong.add(e.toString());
                    }
                  }));
    }
    Random random = new Random(seed);
    while (clients.stream().anyMatch(Thread::isAlive)) {
      int before = server.log(" served: ").size();
      until(
          "a call is served",
          () ->
              server.log(" served: ").size() > before
                  || clients.stream().noneMatch(Thread::isAlive));
      TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
      ProcessHandle.of(server.pid()).ifPresent(ProcessHandle::destroyForcibly);
      until("it is gone", () -> server.call("status").equals("not running\n"));
      server.start();
    }
    assertEquals(List.of(), wrong, "-Dtorc.seed=" + seed + " " + ends);
    assertTrue(ends.containsKey("served"), ends.toString());
  }

  /** Makes a call, and says how it ended. */
  private static String once(Sandbox one, int call, boolean kill) throws Exception {
    one.env.put("CALL", "" + call);
    Going going = one.start("build", "-q");
    if (kill) {
      going.process().destroyForcibly();
    }
    Ran ran = going.await();
    List<String> made = one.lines("count").stream().filter(l -> l.endsWith(" " + call)).toList();
    boolean lost = ran.exit() == 3 && ran.err().contains("its server ended before the work did");
    if (made.size() > 1 || made.isEmpty() && !lost && !kill || !kill && !lost && ran.exit() != 0) {
      return "wrong: call " + call + ", status " + ran.exit() + ", " + made + ": " + ran.err();
    }
    return kill ? "killed" : lost ? "lost" : made.getFirst().split(" ")[0];
  }
}
