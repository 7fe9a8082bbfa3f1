package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FreshProgram;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch script does with jobs that end by themselves, in each shell that nodes have. */
@ParameterizedClass
@ValueSource(strings = {"dash", "bash", "busybox"})
class BatchScriptTest {

  private final String shell;

  @TempDir Path temp;
  @AutoClose private BatchNode node;

  BatchScriptTest(String shell) {
    this.shell = shell;
  }

  @BeforeEach
  void aNode() throws Exception {
    node = new BatchNode(temp, shell);
  }

  /** Most schedulers run a copy of the script, and some (LSF, HTCondor, Flux) the file itself. */
  @Test
  void theScriptIsAProgram() throws Exception {
    BatchFolder folder = new BatchFolder(temp.toAbsolutePath());
    folder.writeScript("#!/bin/sh\nexit 7\n".getBytes(StandardCharsets.US_ASCII));
    assertEquals(7, new ProcessBuilder(folder.script().toString()).start().waitFor());
  }

  /** The system starts no file that a process has open for writing, as a child of torc may. */
  @Test
  void theScriptCanBeStartedAtOnce() throws Exception {
    String hold =
        "exec 9> script.new; chmod 755 script.new; echo; until test -e script; do :; done; sleep"
            + " 0.2";
    Process child = new ProcessBuilder("sh", "-c", hold).directory(temp.toFile()).start();
    child.getInputStream().read();
    theScriptIsAProgram();
  }

  @Test
  void saysHowAJobEnded() throws Exception {
    Files.writeString(node.log("a"), "of an earlier run\n");
    BatchNode.Ended ended =
        node.run(
            node.job("a", "echo out; echo err >&2; echo out; cat; exit 3"),
            node.job("b", "kill -9 $$"),
            node.job("c", "printf 12345 >c.out", node.file("c.out"), node.file("no.out")));

    assertEquals(new BatchNode.Ended(0, ""), new BatchNode.Ended(ended.exit(), noKills(ended)));
    assertEquals("out\nerr\nout\n", node.text("a.log"));
    ProcessEnd a = node.folder.status("a", 0);
    assertEquals(ProcessEnd.How.EXITED, a.how());
    assertEquals(3, a.code());
    assertEquals("", a.message());
    assertTrue(a.usage().cpu() >= 0, "CPU time: " + a.usage().cpu());
    BatchWord says = BatchWord.read(node.folder.path().resolve("a.status"));
    long began = a.elsewhere().began();
    long end = new BigDecimal(says.text("end")).movePointRight(3).longValue();
    assertTrue(a.wall() >= 0 && Math.abs(end - began - a.wall() / 1_000_000) <= 10);
    assertTrue(Math.abs(System.currentTimeMillis() - end) < 60_000);
    ClaimOwner begun = ClaimOwner.read(node.folder.begunFile("a"));
    assertEquals(begun, node.folder.owner("a"));
    assertFalse(begun.isTorc());
    assertEquals(began / 1000, begun.time());
    assertEquals(node.started.getFirst().pid(), begun.pid());
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    assertEquals(boot, says.text("boot"));
    assertEquals(begun.boot(), boot);
    assertEquals(begun.host(), a.elsewhere().host());
    assertTrue(a.elsewhere().system().startsWith("Linux "), a.elsewhere().system());

    ProcessEnd b = node.folder.status("b", 7);
    assertEquals(ProcessEnd.How.SIGNALED, b.how());
    assertEquals(9, b.code());
    assertTrue(b.elsewhere().began() >= began + a.wall() / 1_000_000, "one after the other");
    assertEquals("", b.message());
    assertEquals(7, b.elsewhere().submitted());

    ProcessEnd c = node.folder.status("c", 0);
    assertEquals(0, c.code());
    assertTrue(c.ok());
    assertEquals(Set.of(temp + "/c.out"), c.elsewhere().made().keySet());
    assertEquals(5, c.elsewhere().made().get(temp + "/c.out").bytes());
    assertEquals(
        Map.of("a", words(), "b", words(), "c", words(BatchFolder.Word.MADE)),
        new HashMap<>(node.folder.words()));
  }

  @Test
  void saysWhatTheFilesOfProductsAre() throws Exception {
    BatchAttempt files =
        node.job(
            "a",
            "echo 1 >'b *'; ln -s 'b *' l; mkdir -p d/e g/h; echo 2 >d/e/f; echo 3 >g/x.o;"
                + " echo 3 >g/h/x.o; echo 3 >g/x.c; echo 4 >'d/n\no'; touch -d @7 g/x.o;"
                + " dd if=/dev/zero of=large bs=1 count=1 seek=268437000 2>/dev/null;"
                + " ln -s '../b *' g/l.o; ln -s ../d g/d.o; ln -s none g/n.o;"
                + " sleep 2", // the script measures the job meanwhile
            node.file("b *"),
            node.file("l"),
            node.file("large"),
            node.file("no"),
            node.inFolder("d"));
    RemoteAttempt attempt = files.attempt;
    BatchAttempt job =
        BatchNode.job(
            "a",
            new RemoteAttempt(
                null,
                attempt.launch(),
                0,
                attempt.products(),
                List.of(
                    new RemoteAttempt.ProductPattern(
                        temp.resolve("g"), temp + "/g/*", temp + "/g/*.o")),
                null,
                new RemoteAttempt.RemoteFolders(Map.of(), null)));
    node.run(job, node.job("b", "exit 1", node.file("b *")), node.job("c", "true"));
    Map<String, ProcessEnd.MadeFile> made = node.folder.status("a", 0).elsewhere().made();
    assertEquals(
        Set.of("b *", "l", "large", "d", "d/e/f", "g/x.o", "g/l.o"),
        made.keySet().stream()
            .map(path -> temp.relativize(Path.of(path)).toString())
            .collect(Collectors.toSet()));
    ProcessEnd.MadeFile linked = made.get(temp + "/l");
    assertEquals(linked, made.get(temp + "/g/l.o"));
    assertEquals(2, linked.bytes());
    assertEquals(Digest.ofText("1\n").hex(), linked.digest());
    assertTrue(Math.abs(System.currentTimeMillis() / 1000 - linked.time()) < 60);
    assertEquals(7, made.get(temp + "/g/x.o").time());
    assertEquals(268437001, made.get(temp + "/large").bytes());
    assertNull(made.get(temp + "/large").digest());
    assertNull(node.folder.status("b", 0).elsewhere().made());
    assertNull(node.folder.status("c", 0).elsewhere().made());
    Files.writeString(node.folder.path().resolve("a.made"), "size 1");
    assertNull(node.folder.status("a", 0), "one half of it is no word yet");
  }

  /** The results may be taken by another member of the group. */
  @Test
  void inAGroupsFolderTheGroupWritesWhatTheScriptMakesAndNotWhatTheJobMakes() throws Exception {
    Path own = node.folder.path();
    Files.setAttribute(own, "unix:mode", 02775);
    node.run(node.job("a", "umask >a.umask; : >sub/a.out", node.file("sub/a.out")));
    ProcessEnd a = node.folder.status("a", 0);
    assertEquals(0, a.code(), node.text("a.log"));
    assertEquals(02070, mode(own.resolve("a.claim")) & 02070);
    assertEquals(0060, mode(own.resolve("a.status")) & 0060);
    assertEquals(0070, mode(temp.resolve("sub")) & 0070);
    assertEquals(0060, mode(node.log("a")) & 0060);
    String umask =
        new String(
            new ProcessBuilder("sh", "-c", "umask").start().getInputStream().readAllBytes(),
            StandardCharsets.US_ASCII);
    assertEquals(
        Integer.parseInt(umask.strip(), 8), Integer.parseInt(node.text("a.umask").strip(), 8));
    node.folder.forget("a", new ClaimOwner("b", "h", "", 1, 0, 0));
    assertEquals(02070, mode(own.resolve("a.claim")) & 02070);
    assertEquals(0060, mode(own.resolve("a.claim/by")) & 0060);
  }

  private static int mode(Path file) throws Exception {
    return (int) Files.getAttribute(file, "unix:mode");
  }

  /** This counts for a job whose own environment does not say how much memory or which GPUs. */
  @Test
  void aJobIsToldWhatTheSchedulerGivesIt() throws Exception {
    String text = "echo ${TORC_MEMORY-none},$TORC_GPUS";
    Launch.Step own =
        new Launch.Step(
            List.of("sh", "-c", text), temp, Map.of("TORC_MEMORY", "7", "TORC_GPUS", ""));
    List<Map<String, String>> given =
        List.of(
            Map.of("SLURM_MEM_PER_CPU", "100", "SLURM_CPUS_ON_NODE", "3", "TORC_MEMORY", "1"),
            Map.of("SLURM_MEM_PER_NODE", "90", "SLURM_CPUS_ON_NODE", "3", "TORC_GPUS", "9"),
            Map.of("SLURM_MEM_PER_NODE", "0", "SLURM_JOB_GPUS", "4", "SLURM_STEP_GPUS", "3"),
            Map.of("SLURM_MEM_PER_CPU", "4G", "SLURM_JOB_GPUS", "4", "CUDA_VISIBLE_DEVICES", "0"),
            Map.of("TORC_MEMORY", "1"));
    List<String> told = List.of("300,", "90,", "none,3", "none,0", "none,");
    for (int i = 0; i < given.size(); i++) {
      BatchAttempt job = node.job("a" + i, text);
      BatchAttempt says = node.job("b" + i, List.of(own), 0, 0);
      node.folder.writeScript(node.script().of(List.of(List.of(job, says))));
      assertEquals(new BatchNode.Ended(0, ""), node.await(node.start(given.get(i))));
      assertEquals(told.get(i) + "\n", node.text("a" + i + ".log"), given.get(i).toString());
      assertEquals("7,\n", node.text("b" + i + ".log"));
    }
  }

  private static Set<BatchFolder.Word> words(BatchFolder.Word... more) {
    Set<BatchFolder.Word> words =
        EnumSet.of(BatchFolder.Word.CLAIM, BatchFolder.Word.BEGUN, BatchFolder.Word.STATUS);
    words.addAll(List.of(more));
    return words;
  }

  /** A script's output without the lines of the shell itself about a killed child. */
  private static String noKills(BatchNode.Ended ended) {
    return ended.out().replaceAll("(?m)^.*Killed.*(\n.*\\\\$)*(\n {4}.*)*\n", "");
  }

  @Test
  void wordsArriveAsTheyAre() throws Exception {
    String odd = "-a b'c\"d\n$HOME `x` \\n * āЁ☃ \t!";
    Path dir = Files.createDirectory(temp.resolve(odd));
    Map<String, String> env = new HashMap<>();
    env.put("VALUE", odd + "\n");
    env.put("odd.name", "1");
    env.put("UID", "7"); // a shell would refuse to set this variable
    env.put("IFS", "/=");
    env.put("GONE", null);
    List<String> argv = new ArrayList<>(List.of("printf", "<%s>", "-n", "", odd, "a=b"));
    Path program = FreshProgram.write(dir.resolve("x=y"), "#!" + node.bin + "/sh\necho \"$1\"\n");
    BatchAttempt job =
        BatchNode.job(
            "a",
            List.of(
                new Launch.Step(argv, dir, env),
                new Launch.Step(List.of("env", "-0"), dir, env),
                new Launch.Step(List.of("pwd"), dir, Map.of()),
                new Launch.Step(List.of(program.toString(), "-x"), dir, Map.of()),
                new Launch.Step(List.of("./x=y", "-y"), dir, Map.of("OLDPWD", "o"))),
            dir.resolve("-log '1'"),
            false,
            0,
            0,
            0,
            List.of(
                new RemoteAttempt.Product(
                    dir.resolve("-p\n'1'"), false, RemoteAttempt.Clearing.CLEAR)));
    node.folder.writeScript(node.script().of(List.of(List.of(job))));
    node.await(node.start(Map.of("GONE", "here", "TMPDIR", temp + "/none", "torc_time", "t")));

    String log = Files.readString(job.attempt.launch().output().log());
    String first = "<-n><><" + odd + "><a=b>";
    assertTrue(log.startsWith(first), log);
    int end = log.lastIndexOf('\0') + 1;
    List<String> entries = List.of(log.substring(first.length(), end).split("\0"));
    assertTrue(entries.contains("VALUE=" + odd + "\n"), log);
    assertTrue(entries.contains("odd.name=1"), log);
    assertTrue(entries.contains("UID=7"), log);
    assertTrue(entries.contains("IFS=/="), log);
    assertTrue(entries.contains("PWD=" + dir), log);
    assertTrue(entries.stream().anyMatch(e -> e.matches("TORC_CLAIM=\\d+\\.\\d+/a/")), log);
    for (String entry : entries) {
      String name = entry.substring(0, entry.indexOf('='));
      assertFalse(List.of("GONE", "TMPDIR", "OLDPWD").contains(name), entry);
      assertFalse(name.startsWith("torc_") && !name.equals("torc_time"), entry);
    }
    assertEquals(dir + "\n-x\n-y\n", log.substring(end));
    assertEquals(ProcessEnd.How.EXITED, node.folder.status("a", 0).how());
  }

  @Test
  void theFirstFailureEndsAJobAndLogsAreContinuedOnWish() throws Exception {
    Files.writeString(node.log("a"), "before\n");
    Files.createSymbolicLink(node.log("b"), Files.writeString(temp.resolve("other"), "other\n"));
    List<Launch.Step> steps =
        List.of(node.step("echo 1"), node.step("echo 2; exit 127"), node.step("echo 3"));
    node.run(
        BatchNode.job("a", steps, node.log("a"), true, 0, 0, 0, List.of()),
        BatchNode.job("b", steps, node.log("b"), true, 0, 0, 0, List.of()));
    assertEquals("before\n1\n2\n", node.text("a.log"));
    assertEquals("1\n2\n", node.text("b.log"));
    assertEquals("other\n", node.text("other"));
    assertEquals(ProcessEnd.How.EXITED, node.folder.status("a", 0).how());
    assertEquals(127, node.folder.status("a", 0).code());
  }

  @Test
  void aFailedStartIsToldApart() throws Exception {
    Files.createDirectory(node.log("d"));
    Files.writeString(temp.resolve("text"), "no program");
    Files.writeString(temp.resolve("file"), "no folder");
    node.run(
        node.job("a", List.of(step("no-such-program")), 0, 0),
        node.job("b", List.of(node.step(":"), step("./text")), 0, 0),
        node.job(
            "c", List.of(new Launch.Step(List.of("ls"), temp.resolve("no\n"), Map.of())), 0, 0),
        node.job("d", ":"),
        node.job("e", ":", node.file("file/product")),
        node.job("f", List.of(new Launch.Step(List.of("ls"), temp, Map.of("PATH", "/no:"))), 0, 0));
    assertNotStarted("there is no program no-such-program", node.folder.status("a", 0));
    assertNotStarted("there is no program ./text", node.folder.status("b", 0));
    assertNotStarted("its folder " + temp + "/no", node.folder.status("c", 0));
    assertNotStarted("its log cannot be written: " + node.log("d"), node.folder.status("d", 0));
    assertNotStarted("what stands in the place of a product", node.folder.status("e", 0));
    assertNotStarted("there is no program ls", node.folder.status("f", 0));
  }

  private Launch.Step step(String program) {
    return new Launch.Step(List.of(program), temp, Map.of());
  }

  private static void assertNotStarted(String message, ProcessEnd status) {
    assertEquals(ProcessEnd.How.NOT_STARTED, status.how());
    assertTrue(status.message().startsWith(message), status.message());
  }

  @Test
  void textRunsBeforeEachJobInItsOwnShell() throws Exception {
    String before =
        """
        echo before
        set -efuC; IFS=/; umask 077; cd /
        N=${N-0}; export N="${N}1"
        trap 'echo "of the trap" >&2' EXIT
        exec </dev/null
        """;
    node.run(
        node.before(before),
        node.job("a", "echo $N; touch a.out; exit 4", node.file("a.out")),
        node.job("b", "echo $N; cat"));
    assertEquals("before\n01\n", node.text("a.log"));
    assertEquals("before\n01\n", node.text("b.log"));
    assertEquals(4, node.folder.status("a", 0).code());
    assertTrue(node.folder.status("a", 0).usage().cpu() >= 0);
    assertTrue(node.folder.status("b", 0).ok(), node.folder.status("b", 0).toString());
    assertEquals("of the trap\nof the trap\n", node.text("script.out"));
  }

  @Test
  void ifTheTextBeforeFailsNothingStarts() throws Exception {
    List<String> texts = List.of("false", "exit 3", "exit 0", "if then", "trap : EXIT; exit 3");
    for (int i = 0; i < texts.size(); i++) {
      Path root = Files.createDirectory(temp.resolve("root" + i));
      try (BatchNode node = new BatchNode(root, shell)) {
        node.run(node.before(texts.get(i)), node.job("a", "echo ran"));
        String message =
            texts.get(i).startsWith("trap")
                ? "its shell ended with status 3"
                : "the text that runs before jobs failed";
        assertNotStarted(message, node.folder.status("a", 0));
        assertFalse(node.text("a.log").contains("ran"));
      }
    }
  }

  @Test
  void productsMoveAsideWhenTheJobBegins() throws Exception {
    Files.writeString(temp.resolve("-old file"), "old");
    Files.createDirectories(temp.resolve("tree/sub"));
    Files.writeString(temp.resolve("tree/sub/f"), "old");
    Object tree = Files.getAttribute(temp.resolve("tree"), "unix:ino");
    Files.createSymbolicLink(temp.resolve("link"), Path.of("nowhere"));
    Files.writeString(temp.resolve("kept"), "kept");
    node.run(
        node.job("first", "test -e '-old file' && test -e tree/sub/f"),
        node.job(
            "a",
            """
            ls | grep -e old -e link; ls tree new/deep
            cat kept; echo more >>kept; : >'-old file'; mkfifo link
            mkdir tree/x; printf 123 >tree/x/'a
            b'; printf 4567 >tree/c; ln -s c tree/d
            """,
            node.file("-old file"),
            node.inFolder("tree"),
            node.file("link"),
            new RemoteAttempt.Product(temp.resolve("kept"), false, RemoteAttempt.Clearing.KEEP),
            node.file("new/deep/file")));
    assertEquals(0, node.folder.status("first", 0).code());
    assertEquals("new/deep:\n\ntree:\nkept", node.text("a.log").replace("\n\ntree", "\n\ntree"));
    assertEquals("old", Files.readString(node.folder.aside("a", 0)));
    assertEquals("old", Files.readString(node.folder.aside("a", 1).resolve("sub/f")));
    assertEquals(tree, Files.getAttribute(temp.resolve("tree"), "unix:ino"));
    assertTrue(Files.isSymbolicLink(node.folder.aside("a", 2)));
    assertFalse(Files.exists(node.folder.aside("a", 3)));
    Map<String, Long> sizes = new HashMap<>();
    node.folder
        .status("a", 0)
        .elsewhere()
        .made()
        .forEach((path, made) -> sizes.put(path.substring(temp.toString().length()), made.bytes()));
    assertEquals(Map.of("/-old file", 0L, "/tree/", 0L, "/tree/c", 4L, "/kept", 9L), sizes);
  }

  @Test
  void aClaimedJobRunsNothing() throws Exception {
    Files.writeString(temp.resolve("p"), "old");
    ClaimOwner torc = new ClaimOwner("build-1", "login1", "boot", 4711, 0, 1_700_000_000);
    assertTrue(node.folder.claim("a", torc));
    assertTrue(node.folder.claim("a", torc), "its own claim");
    BatchAttempt[] jobs = {
      node.job("a", "echo ran >>ran", node.file("p")), node.job("b", "echo b")
    };
    BatchNode.Ended late = node.run(jobs);
    assertEquals(
        "torc: a: is claimed already: not run; by torc build-1 host login1 \n", late.out());
    assertEquals(0, late.exit());
    assertFalse(node.exists("ran"));
    assertEquals("old", node.text("p"));
    assertEquals(Set.of(BatchFolder.Word.CLAIM), node.folder.words().get("a"));
    assertEquals(torc, node.folder.owner("a"));

    ProcessEnd b = node.folder.status("b", 0);
    assertTrue(b.ok());
    assertFalse(node.folder.claim("b", torc));
    assertTrue(node.run(jobs).out().contains("b: is claimed already: not run; by script host "));
    assertEquals(b, node.folder.status("b", 0));
  }

  @Test
  void ofScriptsAtTheSameTimeOneRunsAJob() throws Exception {
    List<BatchAttempt> jobs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      jobs.add(node.job("n" + i, "echo ran >>ran" + i));
    }
    node.folder.writeScript(node.script().of(List.of(jobs)));
    for (int i = 0; i < 5; i++) {
      node.start(Map.of());
    }
    for (Process process : node.started) {
      node.await(process);
    }
    for (int i = 0; i < 10; i++) {
      assertEquals("ran\n", node.text("ran" + i));
      assertTrue(node.folder.status("n" + i, 0).ok());
    }
  }

  @Test
  void aNodeThatDoesNotSeeTheFolderSaysSo() throws Exception {
    BatchFolder gone = new BatchFolder(temp.resolve("gone"));
    BatchNode.Ended ended =
        node.run(new BatchScript(gone.path(), "", 0, ""), node.job("a", "echo ran >ran"));
    assertEquals(1, ended.exit());
    assertTrue(ended.out().startsWith("torc: a: cannot be claimed on "), ended.out());
    assertFalse(node.exists("ran"));
  }

  @Test
  void aJobThatTheRestOfTheTimeDoesNotHoldIsLeft() throws Exception {
    BatchScript script = new BatchScript(node.folder.path(), "", 100, "");
    long second = 1_000_000_000;
    BatchAttempt[] jobs = {
      node.job("first", List.of(node.step("echo ran >>first")), 200 * second, 0),
      node.job("limit", List.of(node.step("echo ran >>limit")), 100 * second + 1, 0),
      BatchNode.job("long", List.of(node.step(":")), node.log("long"), false, 0, 0, 101, List.of()),
      BatchNode.job(
          "likely", List.of(node.step(":")), node.log("likely"), false, 0, 0, 101, List.of()),
      node.job("short", List.of(node.step("echo ran >>short")), 50 * second, 0),
      BatchNode.job(
          "both", List.of(node.step(":")), node.log("both"), false, 50 * second, 0, 500, List.of())
    };
    assertTrue(node.folder.claim("likely", new ClaimOwner("build", "h", "boot", 1, 0, 1)));
    assertEquals(0, node.run(script, jobs).exit());
    assertEquals(0, node.folder.status("first", 0).code());
    assertTrue(node.folder.isLater("limit"));
    assertEquals(Set.of(BatchFolder.Word.CLAIM), node.folder.words().get("likely"));
    assertEquals(Set.of(BatchFolder.Word.LATER), node.folder.words().get("limit"));
    assertTrue(node.folder.isLater("long"));
    assertFalse(node.folder.isLater("short"));
    assertTrue(node.folder.status("short", 0).ok());
    assertTrue(node.folder.status("both", 0).ok());

    assertTrue(node.run(jobs).out().contains("limit: was left for another submission: not run"));
    assertFalse(node.exists("limit"), "it is submitted again by now");
  }

  @Test
  void oneOfSeveralBatchesIsToldByAVariable() throws Exception {
    node.folder.writeScript(
        node.script()
            .of(
                List.of(
                    List.of(node.job("a", "echo a"), node.job("b", "echo b")),
                    List.of(node.job("c", "echo c")))));
    assertEquals(0, node.await(node.start(Map.of("ELEMENT", "1"))).exit());
    assertEquals(Set.of("c"), node.folder.words().keySet());
    BatchNode.Ended none = node.await(node.start(Map.of()));
    assertEquals(1, none.exit());
    assertEquals("torc: there is no batch '' in this script\n", none.out());
    assertEquals(0, node.await(node.start(Map.of("ELEMENT", "0"))).exit());
    assertEquals(Set.of("a", "b", "c"), node.folder.words().keySet());
  }

  @Test
  void aJobTakenAwayIsNotRunAgain() throws Exception {
    Files.writeString(temp.resolve("p"), "old");
    BatchAttempt[] jobs = {
      node.job("a", "echo ran >>ran", node.file("p")), node.job("b", "echo ran >>ran")
    };
    byte[] script = node.script().of(List.of(List.of(jobs)));
    node.run(jobs);
    ClaimOwner me = new ClaimOwner("b1", "here", "boot", 1, 1, 1);
    assertEquals("old", Files.readString(node.folder.aside("a", 0)));
    assertThrows(DirectoryNotEmptyException.class, () -> node.folder.remove());
    node.folder.forget("a", me);
    node.folder.forget("b", me);
    assertEquals(
        Map.of("a", Set.of(BatchFolder.Word.CLAIM), "b", Set.of(BatchFolder.Word.CLAIM)),
        node.folder.words());
    node.await(node.start(Map.of()));
    Path spooled = Files.write(temp.resolve("spooled"), script);
    node.folder.remove();
    assertFalse(Files.exists(node.folder.path()));
    BatchNode.Ended late = node.await(node.start(Map.of(), spooled));
    assertEquals(1, late.exit());
    assertTrue(late.out().contains("cannot be claimed"), late.out());
    assertEquals("ran\nran\n", node.text("ran"));
  }

  @Test
  void sharedTextIsInAScriptOnce() {
    List<BatchAttempt> jobs = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Map<String, String> env = Map.of("SHARED", "s".repeat(1000), "TORC_JOB", "job" + i);
      jobs.add(
          BatchNode.job(
              "n" + i,
              List.of(new Launch.Step(List.of("cp", "a" + i, "b" + i), Path.of("/root"), env)),
              Path.of("/root/.torc/logs/job" + i),
              false,
              0,
              0,
              0,
              List.of(
                  new RemoteAttempt.Product(
                      Path.of("/root/b" + i), false, RemoteAttempt.Clearing.CLEAR))));
    }
    BatchScript script = new BatchScript(Path.of("/root/x"), "", 0, "");
    int one = script.of(List.of(jobs.subList(0, 1))).length;
    int all = script.of(List.of(jobs)).length;
    assertTrue((all - one) / 999 < 250, (all - one) / 999 + " bytes for a job");
  }

  @Test
  void textForNoShellIsRefused() {
    BatchScript script = new BatchScript(Path.of("/x"), "", 0, "");
    BatchAttempt job =
        BatchNode.job(
            "n",
            List.of(new Launch.Step(List.of("a\0b"), Path.of("/"), Map.of())),
            Path.of("/log"),
            false,
            0,
            0,
            0,
            List.of());
    assertThrows(IllegalArgumentException.class, () -> script.of(List.of(List.of(job))));
  }

  /** Half a file, or a file with blocks that are still zeros, is no word: never a wrong one. */
  @Test
  void anIncompleteLineIsNoWord() throws Exception {
    node.run(node.job("a", "echo ☃", node.file("p")));
    for (String ending : List.of("status", "begun", "claim/by")) {
      Path file = node.folder.path().resolve("a." + ending);
      byte[] whole = Files.readAllBytes(file);
      assertNotNull(BatchWord.read(file), ending);
      for (int length = 0; length < whole.length; length++) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertNull(BatchWord.read(file), ending + " cut at " + length);
        byte[] zeros = Arrays.copyOf(Arrays.copyOf(whole, length), 600);
        Files.write(file, zeros);
        assertNull(BatchWord.read(file), ending + " zeros from " + length);
      }
      byte[] changed = whole.clone();
      changed[changed.length / 2] ^= 1;
      Files.write(file, changed);
      assertNull(BatchWord.read(file), ending + " changed");
      Files.writeString(file, "sum 1\n");
      assertNull(status(node, ending), ending + " that says nothing");
      Files.write(file, whole);
      assertNotNull(status(node, ending), ending);
    }
    Path status = node.folder.path().resolve("a.status");
    Files.copy(status, node.folder.path().resolve("b.status"));
    assertNull(node.folder.status("b", 0), "another job's");
    String odd = new String(Files.readAllBytes(status), StandardCharsets.UTF_8);
    odd = odd.substring(0, odd.indexOf("sum ")).replace("cause exited", "cause else");
    Files.write(status, BatchWord.whole(odd));
    assertNotNull(BatchWord.read(status));
    assertNull(node.folder.status("a", 0), "a cause that nobody knows");
  }

  private static Object status(BatchNode node, String ending) {
    return switch (ending) {
      case "status" -> node.folder.status("a", 0);
      case "begun" -> ClaimOwner.read(node.folder.begunFile("a"));
      default -> node.folder.owner("a");
    };
  }
}
