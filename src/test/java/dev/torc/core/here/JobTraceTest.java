package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.Environment;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FreshProgram;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.JobTrace.Access;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OtherProcess;
import dev.torc.core.here.ProcessEnd.How;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traces real processes: skipped, with the reason, where the system does not tell their calls. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JobTraceTest {

  @TempDir Path temp;
  Path root;
  Path log;
  LocalRunner runner;
  JobTrace trace;
  JobTrace.Bounds bounds;
  final Map<String, String> mark = Map.of("TORC_BUILD", "b" + System.nanoTime(), "TORC_JOB", "j");

  @BeforeAll
  static void works() {
    String why = JobTrace.refusal();
    assumeTrue(why == null, why);
  }

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectory(temp.toRealPath().resolve("root"));
    log = temp.resolve("log");
    runner = new LocalRunner(Environment.ofCaller(), Duration.ofSeconds(5));
    file("a");
    file("b");
    file("sub/c");
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private Path file(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, name + "\n");
  }

  private ProcessEnd end(List<List<String>> commands) throws IOException {
    Path clock = Files.writeString(temp.resolve("clock"), "now");
    trace = new JobTrace(Set.of(root), FileStatus.of(clock.toString(), true).ctime(), bounds);
    List<Launch.Step> steps = new ArrayList<>();
    commands.forEach(words -> steps.add(new Launch.Step(words, root, Map.of())));
    Launch launch = new Launch(steps, Launch.Output.of(log), 0, 0, mark).traced(trace);
    return runner.run(launch, handle -> {});
  }

  /** The names below the root that a script read. */
  private Set<String> read(String script) throws IOException {
    return read(List.of("sh", "-c", script));
  }

  private Set<String> read(List<String> command) throws IOException {
    ProcessEnd end = end(List.of(command));
    assertTrue(end.ok(), () -> end + "\n" + log());
    assertNull(trace.blind());
    Set<String> names = new TreeSet<>();
    trace.read().forEach(name -> names.add(root.relativize(Path.of(name)).toString()));
    return names;
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String compiled(String name, String text, String... flags) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc");
    Path source = Files.writeString(temp.resolve(name + ".c"), text);
    List<String> words =
        new ArrayList<>(List.of("gcc", "-o", temp + "/" + name, source.toString()));
    words.addAll(List.of(flags));
    assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor());
    return temp + "/" + name;
  }

  @Test
  void tooManyFilesAreToldByTheirFolder() {
    JobTrace trace = new JobTrace(List.of(), 0, null);
    for (int i = 0; i < 10_000; i++) {
      trace.saw("/data/part/" + i);
    }
    assertNull(trace.blind());
    trace.saw("/data/part/last");
    assertEquals(
        "it read more than 10000 files; add their folder to its needs, as /data/part/",
        trace.blind());
    assertEquals(Set.of(), trace.read());
  }

  @Test
  void namesAreThoseThatWereOpenedToBeRead() throws IOException {
    assertEquals(Set.of("a", "sub/c"), read("cat a; cd sub; cat c; cat ../a ./c >/dev/null"));
    assertEquals(Set.of("a"), read("cat " + root + "/a; ls sub; test -e b; cat none || true"));
    assertEquals(Set.of("b"), read("exec 3<> b; cat <&3"));
    assertEquals(Set.of(), read("echo x >> a"));
  }

  @Test
  void filesThatAJobMadeItselfAreItsOwn() throws IOException {
    assertEquals(Set.of(), read("echo x > new; cat new; echo y > b; cat b"));
    assertEquals(
        Set.of(), read("echo x > t.tmp; mv t.tmp t; cat t; ln t u; cat u; ln -s u v; cat v"));
    assertEquals(Set.of(), read("mkdir d; echo x > d/x; mv d e; cat e/x"));
    file("before/x");
    String moved = "mv before after; cat after/x"; // it was there before
    assertEquals(Set.of("before/x", "after/x"), read(moved));
    assertEquals(Set.of("after/x"), read("mv after d; cat d/x; mv d after"));
    assertEquals(Set.of(root + "/after"), trace.returned());
    assertEquals(Set.of("a"), read("ln -s a made; cat made"));
    assertEquals(Set.of("sub/c"), read("ln sub/c hard; cat hard"));
    assertEquals(Set.of("b"), read("sed -i s/y/z/ b; cat b"));
    assertEquals(Set.of(), read("flock lock true; cat lock")); // flock opens to read, and creates
  }

  @Test
  void bytecodeCountsAsItsModule() throws IOException {
    file("p/__pycache__/m.cpython-311.pyc");
    file("p/__pycache__/n.cpython-311.pyc");
    file("p/m.py");
    assertEquals(Set.of("p/m.py"), read("cat p/__pycache__/*"));
  }

  @Test
  void aNameIsLookedAtAgainWhereItMayLeadElsewhere() throws IOException {
    assertEquals(Set.of("a", "b"), read("for i in 1 2; do cat a a b b; done"));
    assertEquals(Set.of("a", "sub/c"), read("cat a a; ln -sf sub/c a; cat a; cat a"));
    file("e");
    assertEquals(Set.of("b", "e"), read("cat e e; rm e; ln -s b e; cat e; cat e"));
    file("d1/x");
    file("d2/x");
    String moved = "ln -s d1 d; cat d/../a d/x; rm d; ln -s d2 d; cat d/x d/x";
    assertEquals(Set.of("a", "d1/x", "d2/x"), read(moved));
    String late = "cat later || :; cp b later; cat later; cd sub; cat c c; cd ..; cat c || :";
    assertEquals(Set.of("b", "sub/c"), read(late));
  }

  @Test
  void linksCountByTheNameThatWasOpened() throws IOException {
    Files.createSymbolicLink(root.resolve("current"), Path.of("sub"));
    Files.createSymbolicLink(root.resolve("config"), Path.of("a"));
    assertEquals(Set.of("current/c", "config"), read("cat current/c config"));
    assertEquals(Set.of("a"), read("cat current/../a"));
    Files.createDirectories(root.resolve("far/inner"));
    file("far/x");
    Files.createSymbolicLink(root.resolve("inner"), Path.of("far/inner"));
    assertEquals(Set.of("far/x"), read("cat inner/../x"));
    Files.createSymbolicLink(temp.resolve("outside"), root);
    assertEquals(Set.of("b", "sub/c"), read("cat ../outside/b; cd ../outside; cat sub/c"));
    assertEquals(Set.of("b"), read("cat /proc/self/cwd/b; cat < /dev/null"));
    assertEquals(Set.of(), read("echo x > ../outside/fresh; cat fresh"));
    String relinked =
        "mkdir ../o; echo > ../o/c; cat ../o/c; rm -r ../o; ln -s root/sub ../o; cat ../o/c";
    assertEquals(Set.of("sub/c"), read(relinked));
  }

  @Test
  void programsAndTheirInterpretersAreRead() throws IOException {
    FreshProgram.write(root.resolve("tool"), "#!/bin/sh\ncat a\n");
    assertEquals(Set.of("tool", "a"), read("./tool"));
    FreshProgram.of(Files.copy(Path.of("/bin/cat"), root.resolve("cat")));
    Path script = FreshProgram.write(temp.resolve("script"), "#!" + root + "/cat -u\n");
    assertEquals(Set.of("cat"), read(List.of(script.toString())));
    assertEquals(Set.of("tool", "a"), read(List.of("./tool")));
  }

  @Test
  void noFolderFifoOrForeignFileCounts() throws IOException {
    assertEquals(
        Set.of(), read("mkfifo f; (echo x > f &); cat f; cat /etc/passwd; find . > /dev/null"));
    file(".git/x");
    file(".torc/x");
    assertEquals(Set.of(), read("cat .git/x .torc/x"));
  }

  @Test
  void stepsAreOneJob() throws IOException {
    assertTrue(end(List.of(List.of("sh", "-c", "cat a > x"), List.of("cat", "x", "b"))).ok());
    assertEquals(Set.of(root + "/a", root + "/b"), trace.read());
  }

  @Test
  void aFailedStartIsTold() throws IOException {
    ProcessEnd end = end(List.of(List.of("no-such-program")));
    assertEquals(How.NOT_STARTED, end.how());
    assertTrue(end.message().contains("no such program in PATH"), end.message());
    FreshProgram.write(root.resolve("bare"), "cat a\n");
    for (int i = 0; i < 20; i++) { // a start that fails ends at once
      assertEquals(Set.of("bare", "a"), read(List.of("./bare")));
    }
  }

  @Test
  void threadsForksAndStaticProgramsAreSeen() throws Exception {
    String many =
        """
        #include <pthread.h>
        #include <fcntl.h>
        #include <unistd.h>
        #include <sys/wait.h>
        static void *opens(void *name) { close(open(name, O_RDONLY)); return 0; }
        int main(void) {
          pthread_t t;
          pthread_create(&t, 0, opens, "a");
          pthread_join(t, 0);
          int dir = open("sub", O_RDONLY | O_DIRECTORY);
          if (vfork() == 0) { openat(dir, "c", O_RDONLY); _exit(0); }
          wait(0);
          int ends[2];
          if (pipe(ends)) return 1;
          if (fork() == 0) { if (fork() == 0) { open("b", O_RDONLY); } _exit(0); }
          wait(0);
          close(ends[1]);
          return read(ends[0], &dir, 1); // the end of the pipe comes with that of the orphan
        }
        """;
    assertEquals(Set.of("a", "b", "sub/c"), read(List.of(compiled("many", many, "-pthread"))));
    String still = compiled("still", many, "-pthread", "-static");
    assertEquals(Set.of("a", "b", "sub/c"), read(List.of(still)));
  }

  @Test
  void aRootOfItsOwnIsSeenThrough() throws Exception {
    assumeTrue(ProcessHandle.current().info().user().orElse("").equals("root"), "not root");
    String program =
        """
        #include <fcntl.h>
        #include <unistd.h>
        int main(int n, char **argv) {
          if (chroot(argv[1]) || chdir("/")) return 1;
          return open("/sub/c", O_RDONLY) < 0 || open("/link", O_RDONLY) < 0 || open("b", O_RDONLY) < 0;
        }
        """;
    Files.createSymbolicLink(root.resolve("link"), Path.of("/a"));
    String tool = compiled("rooted", program, "-static");
    assertEquals(Set.of("sub/c", "a", "b"), read(List.of(tool, root.toString())));
  }

  /**
   * The C library of a lock file or a walk of a tree opens with flags that refuse what is there.
   */
  @Test
  void anOpenRefusedByItsFlagsIsNoRead() throws Exception {
    String program =
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        int main(void) {
          return open("a", O_RDWR | O_CREAT | O_EXCL, 0600) >= 0
              || open("link", O_RDONLY | O_NOFOLLOW) >= 0
              || open("../outside", O_RDONLY | O_NOFOLLOW) >= 0
              || open("b", O_RDONLY | O_DIRECTORY) >= 0
              || open("sub/c", O_RDONLY | O_NOFOLLOW) < 0
              || open("new", O_RDWR | O_CREAT | O_EXCL, 0600) < 0;
        }
        """;
    Files.createSymbolicLink(root.resolve("link"), Path.of("b"));
    Files.createSymbolicLink(temp.resolve("outside"), root.resolve("b"));
    bounds = (path, access) -> path.endsWith("/c") || path.endsWith("/new");
    assertEquals(Set.of("sub/c"), read(List.of(compiled("flags", program))));
    assertEquals(Map.of(), trace.refused());
  }

  @Test
  void callsOfAnotherFormAreAHole() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "other processors have none");
    String program =
        """
        int main(void) {
          long r;
          static const char name[] = "a";
          __asm__ volatile("int $0x80" : "=a"(r) : "a"(20L));
          return r < 0;
        }
        """;
    end(List.of(List.of(compiled("old", program))));
    assertNotNull(trace.blind());
  }

  @Test
  void processesInTheBackgroundEndWithTheJob() throws Exception {
    ProcessEnd end = end(List.of(List.of("sh", "-c", "sleep 1000 & exit 0")));
    assertTrue(end.ok(), end.toString());
    assertTrue(end.message().contains("background"), end.message());
  }

  /** The job is killed while its trace looks at a call; the look lasts longer than the job. */
  @Test
  void aTraceThatIsLateMeansNothingInTheBackground() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    bounds = (path, access) -> !path.endsWith("/b") || standsAfterKill(ended);
    ProcessEnd end = end(List.of(List.of("sh", "-c", "echo $$ > pid; exec cat b")));
    ended.countDown();
    assertEquals(How.SIGNALED, end.how());
    assertEquals("", end.message());
  }

  /** Kills the job. Returns after half a second, or at the job's end, which should come later. */
  private boolean standsAfterKill(CountDownLatch ended) {
    try {
      long pid = Long.parseLong(Files.readString(root.resolve("pid")).strip());
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      return ended.await(500, TimeUnit.MILLISECONDS);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The words that start a class of this test in a JVM of its own. */
  private static List<String> java(Class<?> main) {
    StringBuilder paths = new StringBuilder();
    for (String each : System.getProperty("java.class.path").split(":")) {
      paths.append(paths.isEmpty() ? "" : ":").append(Path.of(each).toAbsolutePath());
    }
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "--enable-native-access=ALL-UNNAMED",
        "-Djffi.unsafe.disabled=true",
        "-cp",
        paths.toString(),
        main.getName());
  }

  @Test
  void aTraceInsideATraceIsRefused() throws Exception {
    read(java(Inner.class));
    assertEquals("the processes of torc are traced already\n", log());
  }

  /** Prints why a traced process cannot trace. */
  static final class Inner {
    public static void main(String[] args) {
      System.out.println(JobTrace.refusal());
    }
  }

  /** Between fork and exec a process has copies of all that torc has open. */
  @Test
  void aProcessThatIsJustBeingStartedEndsWithTorc() throws Exception {
    List<String> words = new ArrayList<>(java(Stopped.class));
    words.add(root.toString());
    Process torc = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertEquals("it opens its log", torc.inputReader().readLine());
    List<ProcessHandle> started = torc.descendants().toList();
    assertEquals(1, started.size());
    torc.destroyForcibly().waitFor();
    while (OtherProcess.runs(started.getFirst().pid())) {
      Thread.sleep(5);
    }
  }

  /** Starts a job whose first call, which opens the log, gets no answer. */
  static final class Stopped {
    public static void main(String[] args) {
      Path root = Path.of(args[0]);
      JobTrace.Bounds never =
          (path, write) -> {
            System.out.println("it opens its " + root.relativize(Path.of(path)));
            new Semaphore(0).acquireUninterruptibly();
            return true;
          };
      Launch.Step step = new Launch.Step(List.of("sleep", "1000"), root, Map.of());
      Map<String, String> mark = Map.of("TORC_BUILD", "b", "TORC_JOB", "j");
      Launch launch = new Launch(List.of(step), Launch.Output.of(root.resolve("log")), 0, 0, mark);
      try (LocalRunner runner = new LocalRunner(Environment.ofCaller(), Duration.ofSeconds(5))) {
        runner.run(launch.traced(new JobTrace(Set.of(root), 0, never)), handle -> {});
      }
    }
  }

  @Test
  void filesOutOfBoundsAreRefused() throws Exception {
    bounds = (path, access) -> path.endsWith(access == Access.READ ? "/a" : "/out");
    Files.createSymbolicLink(temp.resolve("outside"), root);
    String script = "cat a > out; cat b; (echo x > ../outside/d); echo x > c; cat none";
    ProcessEnd end = end(List.of(List.of("sh", "-c", script)));
    assertFalse(end.ok());
    assertEquals(
        Map.of(root + "/b", Access.READ, root + "/c", Access.WRITE, root + "/d", Access.WRITE),
        trace.refused());
    assertEquals("a\n", Files.readString(root.resolve("out")));
    assertFalse(Files.exists(root.resolve("c")));
  }

  /** The program ends with the number of the first call that went through, or failed otherwise. */
  @Test
  void everyCallThatChangesANameOrFileIsRefused() throws Exception {
    String program =
        """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        #define REFUSED(...) \
          if (n++, syscall(__VA_ARGS__) != -1 || errno != EACCES) return n
        int main(void) {
          int n = 0, fd = open("a", O_RDONLY), at = AT_FDCWD;
          long times[4] = {1, 0, 1, 0};
          REFUSED(SYS_unlinkat, at, "a", 0);
          REFUSED(SYS_unlinkat, at, "empty", AT_REMOVEDIR);
          REFUSED(SYS_mkdirat, at, "new", 0700);
          REFUSED(SYS_mknodat, at, "new", 0010600, 0);
          REFUSED(SYS_symlinkat, "a", at, "new");
          REFUSED(SYS_linkat, at, "a", at, "new", 0);
          REFUSED(SYS_renameat2, at, "a", at, "new", 0);
          REFUSED(SYS_renameat2, at, "a", at, "../gone", 0);
          REFUSED(SYS_truncate, "a", 0);
          REFUSED(SYS_openat, at, "a", O_RDONLY | O_TRUNC);
          REFUSED(SYS_fchmod, fd, 0600);
          REFUSED(SYS_fchmodat, at, "a", 0600);
          REFUSED(452, at, "a", 0600, 0);
          REFUSED(SYS_fchown, fd, -1, -1);
          REFUSED(SYS_fchownat, at, "a", -1, -1, 0);
          REFUSED(SYS_fchownat, fd, "", -1, -1, AT_EMPTY_PATH);
          REFUSED(SYS_utimensat, at, "a", times, 0);
          REFUSED(SYS_utimensat, fd, 0, times, 0);
          REFUSED(SYS_setxattr, "a", "user.x", "1", 1, 0);
          REFUSED(SYS_lsetxattr, "a", "user.x", "1", 1, 0);
          REFUSED(SYS_fsetxattr, fd, "user.x", "1", 1, 0);
          REFUSED(SYS_removexattr, "a", "user.x");
          REFUSED(SYS_lremovexattr, "a", "user.x");
          REFUSED(SYS_fremovexattr, fd, "user.x");
          REFUSED(463, at, "a", 0, "user.x", 0, 0);
          REFUSED(466, at, "a", 0, "user.x");
          REFUSED(469, at, "a", 0, 0, 0);
        #ifdef SYS_unlink
          REFUSED(SYS_unlink, "a");
          REFUSED(SYS_rmdir, "empty");
          REFUSED(SYS_mkdir, "new", 0700);
          REFUSED(SYS_mknod, "new", 0010600, 0);
          REFUSED(SYS_symlink, "a", "new");
          REFUSED(SYS_link, "a", "new");
          REFUSED(SYS_rename, "a", "new");
          REFUSED(SYS_chmod, "a", 0600);
          REFUSED(SYS_chown, "a", -1, -1);
          REFUSED(SYS_lchown, "a", -1, -1);
          REFUSED(SYS_utime, "a", 0);
          REFUSED(SYS_utimes, "a", 0);
          REFUSED(SYS_futimesat, at, "a", 0);
        #endif
          return 0;
        }
        """;
    Files.createDirectory(root.resolve("empty"));
    bounds = (path, access) -> access == Access.READ;
    List<List<String>> changes = List.of(List.of(compiled("changes", program)));
    ProcessEnd end = end(changes);
    assertTrue(end.ok(), end.toString());
    assertEquals(Set.of(root + "/a", root + "/empty", root + "/new"), trace.refused().keySet());
    bounds = null;
    assertFalse(end(changes).ok());
    assertFalse(Files.exists(root.resolve("a")), "without bounds, the first call goes through");
  }

  @Test
  void filesThatAJobMadeAreItsOwn() throws Exception {
    bounds = (path, access) -> path.endsWith(access == Access.FOLDER ? "/tmp" : "/out");
    String script =
        "mkdir tmp && mkdir tmp/sub && echo 1 > tmp/sub/f && chmod 600 tmp/sub/f && cat tmp/sub/f"
            + " && mv tmp/sub/f out && rmdir tmp/sub tmp && rm -f none && mkdir -p sub";
    ProcessEnd end = end(List.of(List.of("sh", "-c", script)));
    assertTrue(end.ok(), end.toString());
    assertEquals(Map.of(), trace.refused());
  }

  /** Many jobs at a time are ended, each while a random call of it waits for the answer. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void jobsThatAreEndedAtAnyCallEnd() throws Exception {
    Random random = new Random(40);
    String endless = "while :; do : < a; (cat sub/c & cat b) > out; ln -sf out l; wait; done";
    Semaphore room = new Semaphore(6);
    List<CompletableFuture<ProcessEnd>> ends = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      AtomicInteger left = new AtomicInteger(1 + random.nextInt(25));
      int signal = random.nextBoolean() ? Kill.KILL : Kill.INT;
      CompletableFuture<Runner.Running> running = new CompletableFuture<>();
      CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
      bounds =
          (path, write) -> {
            if (left.decrementAndGet() == 0) {
              running.join().end(signal);
            }
            return true;
          };
      Map<String, String> own = Map.of("TORC_BUILD", mark.get("TORC_BUILD"), "TORC_JOB", "j" + i);
      Launch.Step step = new Launch.Step(List.of("sh", "-c", endless), root, Map.of());
      Launch launch =
          new Launch(List.of(step), Launch.Output.of(temp.resolve("log" + i)), 0, 0, own)
              .traced(new JobTrace(Set.of(root), 0, bounds));
      room.acquire();
      end.thenRun(room::release);
      running.complete(runner.start(launch, end::complete));
      ends.add(end);
    }
    for (CompletableFuture<ProcessEnd> end : ends) {
      assertEquals(How.INTERRUPTED, end.join().how());
    }
    bounds = null;
    assertEquals(Set.of("a"), read("cat a"));
  }
}
