package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.JavaChild;
import dev.torc.base.posix.LocalLocks;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.OneHost;
import dev.torc.core.memory.ThisHost;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.Nesting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 10 where the build that has the lock is one of another host. */
class LockOfAnotherHostTest {

  private static final LockTerms AT_ONCE = new LockTerms(false, false, Set.of());

  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void root() throws IOException {
    assumeTrue(OpenFileLock.hasBytes(), "only Linux has locks that other hosts see");
    root = Files.createDirectory(temp.resolve("root"));
  }

  private static Caller caller(Map<String, String> env, Path root, ThisHost host) {
    Host real = Host.of(env);
    return new Caller(
        env,
        root,
        new Host(
            real.stamps(),
            real.limits(),
            real.runner(),
            real.threads(),
            real.cache(),
            host,
            null,
            real.process()));
  }

  private static String asked(Caller caller, Path root, LockTerms terms) throws IOException {
    List<String> said = new ArrayList<>();
    BuildLock lock =
        terms.takeLock(caller, null, caller.place(root), "b2", "torc build", said::add);
    if (lock != null) {
      lock.close();
    }
    return lock != null ? "taken" : String.join("\n", said);
  }

  private BuildLock held() {
    long pid = ProcessHandle.current().pid();
    BuildLock.Holder holder = new BuildLock.Holder(pid, "b1", "torc build");
    return BuildLock.tryAcquire(OneHost.at(root, "login1").place(root), holder, false)
        .orElseThrow();
  }

  @Test
  void aBuildThatWaitsIsToldTheHost() throws IOException {
    Caller other = caller(Map.of(), root, OneHost.at(root, "login2"));
    try (var _ = held()) {
      assertEquals(
          "another build is running here (process %d on login1, torc build)"
              .formatted(ProcessHandle.current().pid()),
          asked(other, root, AT_ONCE));
    }
    assertEquals("taken", asked(other, root, AT_ONCE));
  }

  @Test
  void aJobOfThatBuildIsToldOfByItsEnvironment() {
    Map<String, String> env = Map.of(Nesting.VARIABLE, "b0:b1", "TORC_JOB", "fit");
    Caller job = caller(env, root, OneHost.at(root, "node7"));
    try (var _ = held()) {
      String message = assertThrows(BadInput.class, () -> asked(job, root, AT_ONCE)).getMessage();
      assertEquals(
          "job fit calls torc in %s, whose build it is part of; it would wait for itself"
              .formatted(root),
          message);
    }
  }

  /** The child of the process with the lock asks, on its host and as if on another host. */
  @Test
  void aNumberOfAnotherHostIsNoAncestorHere() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only /proc tells who has a file open");
    try (var _ = held()) {
      assertEquals("nested", child("login1"));
      assertEquals(
          "another build is running here (process %d on login1, torc build)"
              .formatted(ProcessHandle.current().pid()),
          child("login2"));
    }
  }

  private String child(String host) throws IOException {
    Process child =
        new ProcessBuilder(JavaChild.command(LockOfAnotherHostTest.class, root.toString(), host))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return child.inputReader().readLine();
  }

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    String said;
    try {
      said = asked(caller(Map.of(), root, OneHost.at(root, arguments[1])), root, AT_ONCE);
    } catch (BadInput nested) {
      said = "nested";
    }
    System.out.println(said);
  }

  @Test
  void locksOfThisHostAloneAreTakenWhereTheyAreTrusted() throws IOException {
    LocalLocks local = new LocalLocks("the file system (sshfs) keeps locks to this host", "");
    Caller caller = caller(Map.of(), root, new OneHost("a", "b", temp.resolve("dbs"), local));
    assertThrows(CacheException.class, () -> asked(caller, root, AT_ONCE));
    assertEquals("taken", asked(caller, root, new LockTerms(false, true, Set.of())));
  }
}
