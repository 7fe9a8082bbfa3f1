package dev.torc.server;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The warm server answers each request, and callers that it may not look at go cold. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class ServerProtocolIT {

  /** A client of its own: claims a slot, opens the FIFOs, sends lines and prints the answers. */
  private static final String CLIENT =
      """
      cd "$D"; S=3
      claim() { set -C; echo $1 >busy$S; set +C; }
      meet() { exec 8<>ask 7<>say$S 9<say$S 7>&-; }
      answer() { IFS= read -r word <&9; echo "$word"; }
      """;

  /** What clients do; each must read the answer c, and leave the slot free. */
  private static final String REQUESTS =
      """
      meet; echo "r $$ 1 $S" >&8; answer
      claim 1; meet; echo "r $$ 1 $S" >&8; answer
      claim ''; meet; echo "r $$ 1 $S" >&8; answer
      claim $$; meet; echo "r 1 1 $S" >&8; answer
      claim 4194304; meet; echo "r 4194304 1 $S" >&8; answer
      claim $$; exec 7<>say$S 9<say$S 7>&-; echo "r $$ 1 $S" >ask; answer
      claim $$; exec 8<>ask 7<>say$S 4<say$S 7>&-; echo "r $$ 1 $S" >&8; answer <&4 9<&4
      claim $$; meet; exec 4<&9 9<say2; echo "r $$ 1 $S" >&8; answer 9<&4
      claim $$; meet; echo "r $$ 1 $S" >&8; answer
      claim $$; meet; echo "r $$ 99999999 $S" >&8; answer
      claim $$; meet; echo "r $$ 0 $S" >&8; answer
      claim $$; meet; rm busy$S; echo "r $$ 1 $S" >&8; answer
      """;

  /** Lines that are no requests. */
  private static final String NOISE =
      """
      exec 8<>ask; for line in 'r 0 1 3' 'r 1 1 4' 'r 1 1' 's INT 1' 's QUIT 1' '' x w; do echo "$line" >&8; done
      """;

  @TempDir Path temp;
  private Sandbox project;
  private WarmServer server;

  @BeforeEach
  void start() throws Exception {
    project = new Sandbox(temp);
    project.build(
        """
        jobs:
          env: { command: env -0 > env.out, produces: env.out }
          slow: { command: 'until [ -e go ]; do sleep 0.01; done', manual: true }
        """);
    project.env.put("TORC", Sandbox.launcher());
    server = new WarmServer(temp, project.env);
    project.env.put("D", server.folder.toString());
  }

  @AfterEach
  void end() throws Exception {
    server.stop();
    project.close();
  }

  private Ran client(String line) throws Exception {
    return project.run(List.of("timeout", "100", "sh", "-c", CLIENT + line));
  }

  private void assertServed() throws Exception {
    int before = server.log(" served: ").size();
    assertEquals(0, project.torc("status").exit());
    assertEquals(before + 1, server.log(" served: ").size());
  }

  private void awaitFree() throws Exception {
    for (int i = 0; i < 4; i++) {
      Path claim = server.folder.resolve("busy" + i);
      until(claim + " is free", () -> !Files.exists(claim));
    }
  }

  /** Each branch of the protocol ends with an answer, and the slot is free for the next client. */
  @Test
  void eachRequestIsAnswered() throws Exception {
    for (String line : REQUESTS.split("\n")) {
      assertEquals("c\n", client(line).out(), line);
      awaitFree();
    }
    Ran twice = client("meet; for i in 1 2; do echo \"r $$ 1 3\" >&8; answer; done");
    assertEquals("c\nc\n", twice.out(), "a client that finds its slot refused");
    awaitFree();
    assertEquals(0, client(NOISE).exit());
    assertServed();
  }

  /** A request in another's name, or for another's slot, changes nothing for the call that runs. */
  @Test
  void aRunningCallIsNotDisturbed() throws Exception {
    Going slow = project.start("build", "slow");
    Path running = project.root.resolve(".torc/running");
    until("the job runs", () -> Files.exists(running) && Files.size(running) > 0);
    Ran busy = client("claim $$; meet; echo \"r $$ 1 3\" >&8; answer");
    assertEquals("c\n", busy.out());
    assertEquals(0, client("exec 8<>ask; echo \"r $$ 1 0\ns INT $$\" >&8").exit());
    assertEquals(0, project.torc("status").exit());
    until("the last is refused", () -> server.log("refused: busy").size() == 2);
    project.write("go", "");
    assertEquals(0, slow.await().exit());
    awaitFree();
    assertServed();
  }

  /** A claim is freed if its client ended before its request, whatever it wrote until then. */
  @Test
  void claimsWithoutRequestAreFreed() throws Exception {
    Ran ran = client("claim $$; S=2; claim 4194304; S=1; claim ''; touch -d '1 hour ago' busy1");
    assertEquals(0, ran.exit(), ran.err());
    awaitFree();
    assertServed();
  }

  /** The kernel lets the server look at no file of these callers. */
  @Test
  void callersThatItMayNotSeeGoCold() throws Exception {
    for (String way : List.of("unshare -r -p -f", "unshare -p -f", "unshare -r", "unshare -T")) {
      assertCold(way);
      assertServed(); // after three refusals in a row, the server would end
    }
    assumeTrue(project.sh("setpriv --reuid 4711 --clear-groups true").exit() == 0, "needs root");
    server.stop();
    assertEquals(0, project.sh("chown -R 4711:4711 \"$HOME\" . && chmod 755 . ..").exit());
    assumeTrue(
        as("4711", "test -x \"$TORC\" -a -w \"$PWD\"").exit() == 0, "only root sees the project");
    assertEquals(0, project.sh("chown -R 4711:4711 \"$XDG_RUNTIME_DIR\"").exit());
    int before = server.log(" served: ").size();
    assertEquals(0, as("4711", "\"$TORC\" server start && \"$TORC\" status").exit());
    assertEquals(before + 1, server.log(" served: ").size());
    int denied = server.log("refused: cannot look at ").size();
    assertCold("setpriv --reuid 4711 --regid 4712 --clear-groups");
    assertCold(
        "setpriv --reuid 4711 --regid 4711 --clear-groups --inh-caps +net_admin"
            + " --ambient-caps +net_admin");
    assertEquals(denied + 2, server.log("refused: cannot look at ").size());
    assertEquals(0, as("4711", "\"$TORC\" server stop").exit());
  }

  private Ran as(String user, String line) throws Exception {
    return project.sh(
        "setpriv --reuid %1$s --regid %1$s --clear-groups sh -c '%2$s'".formatted(user, line));
  }

  private void assertCold(String way) throws Exception {
    if (project.sh(way + " true").exit() == 0) {
      int before = server.log(" served: ").size();
      Ran ran = project.sh("timeout -k 1 100 " + way + " \"$TORC\" status");
      assertEquals(0, ran.exit(), way + ran.err());
      assertEquals(before, server.log(" served: ").size(), way);
      awaitFree();
    }
  }

  /** Jobs get what the launcher's shell passes on, by both routes. */
  @Test
  void theEnvironmentIsThatOfAColdCall() throws Exception {
    String odd =
        "env a.b=1 'BASH_FUNC_x%%=() {  echo hi\n"
            + "}' 1x=2 ok=3 version=4 name=5 _=6 slot=7 memory=8 ";
    String build = " \"$TORC\" build --force env && tr '\\0' '\\n' <env.out | sort";
    Ran served = project.sh(odd + build);
    assertEquals(1, server.log(" served: ").size());
    Ran cold = project.sh("TORC_SERVER=0 " + odd + build);
    assertEquals(1, server.log(" served: ").size());
    assertEquals(plain(cold.out()), plain(served.out()));
    assertTrue(served.out().contains("\nok=3\nslot=7\nversion=4\n"), served.out());
    if (project.sh("command -v bash").exit() == 0 && project.sh("[ bash -ef sh ]").exit() != 0) {
      assertEquals(0, project.sh(odd + "bash" + build).exit());
      assertEquals(1, server.log("refused: names in the environment").size());
    }
  }

  private static String plain(String env) {
    return env.replaceAll("(?m)^(TORC_BUILDS?|TORC_SERVER|SHLVL|_)=.*\n", "")
        .replaceAll("(?m)^(env|1 job): .*\n", "");
  }

  /** A folder whose name Java cannot hold is not taken for another one, by either route. */
  @Test
  void aRootWhoseNameIsNotUtf8IsRefused() throws Exception {
    String folders = "bad=$(printf 'a\\377'); other=$(printf 'a\\357\\277\\275'); ";
    project.sh(
        folders
            + "mkdir -p $bad/sub $other/sub; cp torc.yaml $bad; cp torc.yaml $other; ln -s $bad l");
    for (String route : List.of("0", "")) {
      project.env.put("TORC_SERVER", route);
      for (String call : List.of("cd $bad && torc env", "cd $bad/sub && torc -C .. env")) {
        Ran ran = project.sh(folders + call);
        assertEquals(2, ran.exit(), ran.err());
        assertTrue(ran.err().contains("its path must be valid UTF-8"), ran.err());
      }
      Ran link = project.sh("torc -C l env");
      assertEquals(3, link.exit(), link.err());
      assertTrue(link.err().contains("the path of a root must be valid UTF-8"), link.err());
      assertNotEquals(0, project.sh(folders + "ls -d */.torc */env.out").exit());
    }
    assertEquals(0, project.sh(folders + "cd $other && torc env").exit());
  }
}
