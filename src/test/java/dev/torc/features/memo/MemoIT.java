package dev.torc.features.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sample;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A memo answers a call without a JVM if, and only if, nothing changed (rule 4). A JVM that builds
 * writes its number into {@code .torc/lock}; a memo leaves that file alone. It takes half a minute
 * of CPU, since each of some hundred changes needs two calls of the shipped torc.
 */
@Execution(ExecutionMode.CONCURRENT)
class MemoIT {

  private static final String BUILD =
      """
      include: parts/more.yaml
      vars: [values.yaml]
      jobs:
        one:
          command: "cp -L in.txt one.txt && echo $WORD >> one.txt"
          env: { WORD: }
          needs: [in.txt, { file: maybe.txt, optional: true }]
          produces: one.txt
          tools: [mytool]
        two: { command: "cat data/*.csv > two.txt", needs: ["data/*.csv", "data/*/*.csv"], produces: two.txt }
        three: { command: "cp -r data/. made", needs: [data/x.csv], produces: made/ }
      """;

  /**
   * What is changed alone, each by a line of sh; before => what is done before the memo is left.
   */
  private static final String CHANGES =
      """
      touch in.txt; torc
      echo 2 > in.txt; torc
      touch -r in.txt r; echo 3 > in.txt; touch -r r in.txt; torc
      cp in.txt l0; ln -sfn l0 in.txt; torc
      cp in.txt l1; ln -sfn l1 in.txt => echo 4 > l1; torc
      cp in.txt l2; ln -sfn l2 in.txt => cp l2 l3; ln -sfn l3 in.txt; torc
      echo z > data/z.csv; torc
      echo z > data/w.csv => rm data/w.csv; torc
      echo z > data/sub/z.csv; torc
      mv data real; ln -s real data; torc; rm data; mv real data; torc
      mv data other; cp -r other data; torc; rm -r other
      rm -f maybe.txt => echo m > maybe.txt; torc
      echo m > maybe.txt => rm maybe.txt; torc
      echo '# c' >> torc.yaml; torc
      echo '# c' >> parts/more.yaml; torc
      echo '# c' >> values.yaml; torc
      cp torc.yaml torc.yml; torc; rm torc.yml; echo '# d' >> torc.yaml; torc
      WORD=bye torc
      unset WORD; torc
      WORD= torc
      mkdir -p early; cp tools/mytool early; PATH=$PWD/early:$PATH torc
      echo '# c' >> tools/mytool; torc
      rm one.txt; torc
      echo x >> two.txt; torc
      echo x > made/new; torc
      chmod 700 one.txt; torc
      touch -d '1969-12-31 23:59:58.5' in.txt => touch -d '1969-12-31 23:59:58.6' in.txt; torc
      umask 077; torc
      ulimit -n 900; torc
      torc one
      FORCE_COLOR=1 torc
      mkdir -p $HOME/.config/torc; echo 'server: false' > $HOME/.config/torc/config.yaml; torc
      JAVA_HOME=/nowhere torc
      JAVA_TOOL_OPTIONS=-Xmx200m torc
      rm .torc/rest; torc
      rm .torc/graph; torc
      echo x >> .torc/running; torc; : > .torc/running
      TORC_MEMO=0 torc
      cd data; torc
      R=$PWD; cd /; torc -C $R
      torc -f torc.yaml
      torc --force one
      """;

  private static final int TRIES = 5;

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "memos need /proc");
    project = new Sandbox(temp);
    project.env.put("TORC_DEBUG", "1");
    project.env.put("WORD", "hello");
  }

  @AfterEach
  void end() {
    project.close();
  }

  /** A project with many kinds of inputs. */
  private void many() throws Exception {
    project.write(
        "parts/more.yaml",
        "jobs: { four: { command: 'cp in.txt four', needs: in.txt, produces: four } }");
    project.write("values.yaml", "count: 3");
    project.write("in.txt", "1");
    project.write("data/x.csv", "x");
    project.write("data/sub/y.csv", "y");
    project.script("tools/mytool", "#!/bin/sh\n");
    project.env.put("PATH", project.root + "/tools:" + System.getenv("PATH"));
    project.build(BUILD);
  }

  private Set<String> memos() throws IOException {
    Path all = project.root.resolve(".torc/rest.d");
    if (!Files.exists(all)) {
      return Set.of();
    }
    try (Stream<Path> each = Files.list(all)) {
      return new TreeSet<>(each.map(memo -> memo.getFileName().toString()).toList());
    }
  }

  /** Calls torc until a memo answers: the first call may still build, or see new stamps. */
  private void untilAnswered(String... words) throws Exception {
    List<Ran> ran = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      if (answered(ran, words)) {
        return;
      }
    }
    throw new AssertionError("no memo answers: " + ran);
  }

  private boolean answered(List<Ran> into, String... words) throws Exception {
    String before = lock();
    Ran ran = project.torc(words);
    into.add(ran);
    return ran.exit() == 0 && before.equals(lock());
  }

  private String lock() throws IOException {
    Path lock = project.root.resolve(".torc/lock");
    return Files.exists(lock) ? Files.getLastModifiedTime(lock) + "" : "";
  }

  /** Calls torc, by a line of sh, and checks that a JVM answered. */
  private Ran byJava(String what, String line) throws Exception {
    String before = lock();
    Ran ran = project.sh(line);
    assertNotEquals(before, lock(), "a memo answered: " + what);
    return ran;
  }

  @Test
  void aNoOpIsAnsweredWithoutAJvm() throws Exception {
    many();
    Ran first = project.torc();
    assertEquals(0, first.exit(), first.err());
    assertEquals("memo: none\n", project.sh("torc doctor | grep ^memo").out());
    Ran known = project.torc("-k");
    untilAnswered("-k");
    untilAnswered();
    assertEquals(
        "memo: 2 calls answered while nothing changes\n",
        project.sh("torc doctor | grep ^memo").out());
    assertEquals(
        "memo: off (TORC_MEMO=0)\n", project.sh("TORC_MEMO=0 torc doctor | grep ^memo").out());
    Ran answer = project.torc();
    assertEquals(0, answer.exit());
    assertEquals("", answer.out());
    assertEquals(known.counts(), answer.counts());
    assertTrue(answer.err().matches("[0-9]+ jobs: .* in [0-9]+\\.[0-9] s\n"), answer.err());
    project.env.put("FORCE_COLOR", "1");
    untilAnswered();
    assertTrue(project.torc().err().matches("\\x1b\\[1m[ -~]* s\\x1b\\[0m\n"), "no color");
  }

  /** Each input that decides is changed alone; each time, the next call is the JVM's. */
  @Test
  void rule4EachChangedInputGoesToTheJvm() throws Exception {
    many();
    project.torc();
    for (String change : Sample.each(5, CHANGES.lines().toList())) {
      String[] parts = change.split(" => ");
      if (parts.length > 1) {
        project.sh(parts[0]);
      }
      untilAnswered();
      byJava(change, parts[parts.length - 1]);
    }
  }

  @Test
  void aMemoIsForOneRootAndOneUser() throws Exception {
    many();
    project.torc();
    untilAnswered();
    Path copy = temp.resolve("copy");
    project.sh("cp -a . " + copy + "; mv data data2; cp -a data2 data");
    Path own = copy.resolve(".torc/lock");
    var before = Files.getLastModifiedTime(own);
    project.sh("cd " + copy + " && torc");
    assertNotEquals(before, Files.getLastModifiedTime(own), "the memo of another root answered");
    byJava("copied files", "torc");
    assumeTrue(project.sh("test $(id -u) = 0 && command -v setpriv").exit() == 0, "no other user");
    untilAnswered();
    byJava("other groups", "setpriv --groups 4711 " + Sandbox.launcher());
    untilAnswered();
    byJava("a memo of another user", "chown -R 4711 .torc/rest.d/*; torc");
    untilAnswered();
    byJava("a folder of another user", "chown 4711 .torc/rest.d; torc");
  }

  /** Whatever is wrong with a memo, the JVM answers. */
  @Test
  void aDamagedMemoIsNotUsed() throws Exception {
    many();
    project.torc();
    untilAnswered();
    String memo =
        project.root.resolve(".torc/rest.d").resolve(memos().iterator().next()).toString();
    List<String> damages = new ArrayList<>();
    for (String file : List.of("names", "vars", "ways", "absent", "open", "says", "seen")) {
      damages.add("rm $M/" + file);
      damages.add(": > $M/" + file);
      if (!file.equals("names")) { // without its last byte it names the same
        damages.add("head -c -1 $M/" + file + " > c; cat c > $M/" + file + "; rm c");
      }
      damages.add("head -c 3 $M/" + file + " > c; cat c > $M/" + file + "; rm c");
      damages.add("rm $M/" + file + "; mkdir $M/" + file);
    }
    damages.add("mv $M m; ln -s $PWD/m $M");
    damages.add("mv .torc/rest.d r; ln -s $PWD/r .torc/rest.d");
    damages.add("echo 'x; touch hacked' >> $M/vars");
    damages.add("printf '%s\\n' '$(touch hacked)' > $M/vars");
    damages.add("mv $M .torc/rest.d/.new-1");
    for (String damage : Sample.each(5, damages)) {
      project.sh("rm -rf m r; cp -a " + memo + " ../kept");
      byJava(damage, "M=" + memo + "; " + damage + "; torc");
      assertFalse(project.exists("hacked"), damage);
      project.sh("rm -rf .torc/rest.d m r; mkdir .torc/rest.d; mv ../kept " + memo);
      List<Ran> ran = new ArrayList<>();
      assertTrue(answered(ran), "the memo as it was does not answer, after " + damage + memos());
    }
  }

  /** The launcher believes only the system's programs, and what torc tried with them. */
  @Test
  void otherProgramsOnThePathAreNotUsed() throws Exception {
    many();
    project.env.put("USER", "me"); // else the launcher asks id for the server's folder
    for (String liar : List.of("cmp", "stat", "xargs", "pwd", "id")) {
      project.script("tools/" + liar, "#!/bin/sh\ntouch " + project.root + "/lied\nexit 0\n");
    }
    project.torc();
    untilAnswered();
    byJava("an edited need", "echo 2 > in.txt; torc");
    untilAnswered();
    assertFalse(project.exists("lied"));
  }

  @Test
  void anAnswerThatCannotBeWrittenIsTheJvms() throws Exception {
    many();
    project.torc();
    untilAnswered();
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full");
    Ran full = byJava("a full disk", "torc 2>/dev/full; echo $?");
    assertTrue(full.out().endsWith("\n3\n"), full.out());
  }

  /** Only a build in which nothing but stamps decides leaves a memo. */
  @Test
  void aBuildThatDependsOnMoreThanStampsLeavesNone() throws Exception {
    project.write("in", "1");
    String job = "jobs: { a: { command: cp in a.out, needs: in, produces: a.out%s } }\n%s";
    List<String> builds =
        List.of(
            job.formatted(", always: true", ""),
            job.formatted(", max_age: 1h", ""),
            job.formatted(", probe: 'true'", ""),
            job.formatted(
                ", environment: e", "environments: { e: { kind: commands, create: 'true' } }\n"),
            job.formatted("", "executors: { x: { kind: slurm } }\n"),
            job.formatted("", "stores: { shared: [{ path: /nowhere }] }\n"),
            job.formatted("", "hooks: { start: 'true' }\n"),
            job.formatted("", "stamps: { never: [in] }\n"),
            job.formatted("", "hooks: { finish: 'true' }\n"),
            job.formatted(", env: { WORD: { secret: true } }", ""));
    for (String build : builds) {
      project.build(build);
      Ran first = project.torc();
      assertEquals(0, first.exit(), build + first.err());
      byJava(build, "torc");
      byJava(build, "torc");
      assertEquals(Set.of(), memos(), build);
    }
    project.build(job.formatted("", ""));
    untilAnswered();
    project.sh("echo 2 >> in; torc"); // memos are removed
    List<String> others =
        List.of(
            "torc -n",
            "torc -v",
            "torc -q",
            "torc --json",
            "torc --junit=j.xml",
            "torc -f torc.yaml",
            "torc -f - < torc.yaml",
            "torc -f /dev/stdin < torc.yaml",
            "cat torc.yaml | torc -f /dev/fd/0",
            "torc --force",
            "mkdir -p below; cd below; torc",
            "MAKELEVEL=1 torc",
            "JAVA_TOOL_OPTIONS=-Xmx300m torc",
            "GITHUB_ACTIONS=true torc",
            "TORC_CACHE=$PWD/../cache torc");
    for (String line : others) {
      project.sh(line + "; " + line + "; " + line);
      assertEquals(Set.of(), memos(), line);
    }
    project.write("in", "3");
    project.build(
        "jobs: { a: { command: cp in a.out; echo w >&2, needs: in, produces: a.out } }\n");
    Sandbox.Going writer =
        project.start(List.of("sh", "-c", "exec 3>>in; echo; read line < /dev/zero; sleep 600"));
    Sandbox.until("it has the file open", () -> !writer.out().isEmpty());
    project.sh("torc; torc; torc");
    assertEquals(Set.of(), memos(), "a process has a need open for writing");
  }

  /** As the stat of busybox and uutils does, which ends with 0: the try of the launcher tells. */
  @Test
  void rule4AStatThatPrintsWholeSecondsLeavesNone() throws Exception {
    many();
    project.torc();
    Path home = temp.resolve("torc");
    Path programs = temp.resolve("programs");
    project.sh("cp -a " + Path.of(Sandbox.launcher()).getParent().getParent() + " " + home);
    project.sh("sed -i 's|^torc_bin=/usr/bin$|torc_bin=" + programs + "|' " + home + "/bin/torc");
    project.sh("mkdir ../programs; for p in cmp xargs; do ln -s /usr/bin/$p ../programs/; done");
    String call = "sleep 0.1; " + home + "/bin/torc";
    for (String times : List.of("cat", "sed -E 's/\\.[0-9]+//g'")) {
      String stat = "#!/bin/sh\n/usr/bin/stat \"$@\" | " + times + "\n";
      Files.writeString(programs.resolve("stat"), stat);
      project.sh("chmod +x ../programs/stat; rm -rf .torc/rest.d");
      Ran ran = project.sh(call + "; " + call);
      boolean whole = !times.equals("cat");
      assertEquals(whole ? 0 : 1, memos().size(), ran.err());
      assertEquals(whole, ran.err().contains("the system's programs print something else"));
    }
  }

  /** A memo of an older torc, of another boot, and one that comes back after a build. */
  @Test
  void anOldMemoIsNotUsed() throws Exception {
    many();
    project.torc();
    untilAnswered();
    Path home = temp.resolve("torc");
    project.sh("cp -a " + Path.of(Sandbox.launcher()).getParent().getParent() + " " + home);
    byJava("another installation", home + "/bin/torc");
    untilAnswered();
    String other = "call() { " + home + "/bin/torc; }; ";
    project.sh(other + "call; call; call");
    byJava("a newer torc.jar", other + "touch " + home + "/lib/torc.jar; call");
    byJava("a newer launcher", other + "call; call; touch " + home + "/bin/torc; call");
    untilAnswered();
    String memo = memos().iterator().next();
    String seen = ".torc/rest.d/" + memo + "/seen";
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    byJava(
        "another boot", "sed -i s/" + boot + "/" + boot.replace('-', '0') + "/ " + seen + "; torc");
    untilAnswered();
    project.sh("cp -a .torc/rest.d ../kept; echo 7 > in.txt; torc");
    byJava("replayed after a build", "cp -a ../kept .torc/rest.d; torc");
    project.sh("rm -rf .torc/rest.d; echo 1 > in.txt; torc");
    byJava("replayed after the bytes came back", "cp -a ../kept .torc/rest.d; torc");
  }

  /** Calls beside each other say the same, and leave memos that answer. */
  @Test
  void callsAtOnceSayTheSame() throws Exception {
    many();
    Ran first = project.torc();
    for (int i = 0; i < 3; i++) {
      List<Sandbox.Going> going = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        going.add(project.start());
      }
      for (Sandbox.Going each : going) {
        Ran ran = each.await();
        assertEquals(0, ran.exit(), ran.err());
        assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", ran.counts(), ran.err());
      }
    }
    assertEquals(0, first.exit());
    untilAnswered();
    project.write("in.txt", "2");
    Sandbox.Going one = project.start();
    Sandbox.Going two = project.start();
    List<Ran> both = List.of(one.await(), two.await());
    assertEquals(1, both.stream().filter(ran -> !ran.ran().isEmpty()).count(), both.toString());
    untilAnswered();
  }

  /** Whether there is no room, or torc is killed: a memo is whole or none, and no call fails. */
  @Test
  void aMemoThatCannotBeFinishedIsNone() throws Exception {
    many();
    project.torc();
    project.sh("torc; sleep 0.1; rm -rf .torc/rest.d");
    Ran full = project.sh("ulimit -f 1; trap '' XFSZ; torc");
    assertEquals(0, full.exit(), full.err());
    assertEquals(Set.of(), memos());
    Ran inTheWay = project.sh("rm -rf .torc/rest.d; touch .torc/rest.d; torc; rm .torc/rest.d");
    assertEquals(0, inTheWay.exit(), inTheWay.err());
    untilAnswered();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is missing");
    List<String> steps = List.of("mkdir:when=1", "mkdir:when=2", "unlink:when=1", "rename:when=1");
    for (String step : steps) {
      String call = step.substring(0, step.indexOf(':'));
      String inject = "-e trace=" + call + " -e inject=" + step.replace(":", ":signal=KILL:");
      project.sh(
          "rm -rf .torc/rest.d; strace -f -qq -o ../killed " + inject + " " + Sandbox.launcher());
      Ran next = byJava("killed at " + step, "torc");
      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", next.counts(), next.err());
      untilAnswered();
      try (Stream<Path> all = Files.list(project.root.resolve(".torc/rest.d"))) {
        assertEquals(1, all.count(), "what a killed torc left is removed");
      }
    }
    String seen = ".torc/rest.d/" + memos().iterator().next() + "/seen";
    int bytes = (int) Files.size(project.root.resolve(seen));
    for (int cut : Sample.each(4, List.of(0, 1, bytes / 4, bytes / 2, bytes - 20, bytes - 1))) {
      byJava("cut off at " + cut, "truncate -s " + cut + " " + seen + "; torc");
      untilAnswered();
      seen = ".torc/rest.d/" + memos().iterator().next() + "/seen";
    }
  }

  @Test
  void atMostFourMemosAreKeptAndABuildRemovesThem() throws Exception {
    many();
    project.torc();
    Files.createDirectories(project.root.resolve(".torc/rest.d/.new-killed"));
    for (int i = 1; i <= 5; i++) {
      String[] words = Stream.generate(() -> "one").limit(i).toArray(String[]::new);
      untilAnswered(words);
    }
    assertEquals(4, memos().size(), memos().toString());
    project.write("in.txt", "2");
    project.torc();
    assertEquals(Set.of(), memos());
  }

  /** Every path that a JVM opens, lists or looks at is in the memo, or has a reason. */
  @Test
  void eachPathThatTheJvmAsksAboutIsInTheMemo() throws Exception {
    Path strace = Path.of("/usr/bin/strace");
    assumeTrue(Files.isExecutable(strace), "strace is missing");
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("many", BUILD);
    kinds.put("plain", "jobs: { a: { command: cp in.txt a, needs: in.txt, produces: a } }\n");
    kinds.put(
        "group",
        "jobs: { g: { match: 'data/{n}.csv', command: 'cp data/{n}.csv {n}.out',"
            + " needs: 'data/{n}.csv', produces: '{n}.out' } }\n");
    kinds.put("folder", "jobs: { f: { command: ls data > f, needs: [data/], produces: f } }\n");
    kinds.put(
        "links",
        "jobs: { l: { command: cat ln.txt > l, needs: [ln.txt, 'far/*.csv'], produces: l } }\n");
    for (Map.Entry<String, String> kind : kinds.entrySet()) {
      many();
      project.sh("rm -rf .torc; ln -sfn in.txt ln.txt; ln -sfn data far");
      project.build(kind.getValue());
      Ran first = project.torc();
      assertEquals(0, first.exit(), kind + first.err());
      project.sh("torc; sleep 0.1");
      project.sh("rm -rf .torc/rest.d");
      Ran ran =
          project.sh("strace -f -qq -s 5000 -e trace=%file -o ../trace " + Sandbox.launcher());
      if (memos().isEmpty()) {
        assertTrue(kind.getKey().equals("links"), kind.getKey() + " left no memo: " + ran.err());
        continue;
      }
      Path memo = project.root.resolve(".torc/rest.d").resolve(memos().iterator().next());
      Set<String> known = new TreeSet<>();
      for (String list : List.of("names", "links", "ways", "absent")) {
        for (String each : Files.readString(memo.resolve(list)).split("[\0\n]")) {
          known.add(project.root.resolve(each).normalize().toString());
        }
      }
      List<String> others =
          asked(temp.resolve("trace")).filter(path -> !isKnown(path, known)).distinct().toList();
      assertEquals(List.of(), others, kind.getKey());
    }
  }

  /** The paths that the JVM asked about before it wrote the memo. */
  private Stream<String> asked(Path trace) throws IOException {
    List<String> lines = Files.readAllLines(trace, java.nio.charset.StandardCharsets.ISO_8859_1);
    int begin = 0;
    while (!lines.get(begin).contains("execve(\"")
        || !lines.get(begin).contains("dev.torc.front.cli.Main")) {
      begin++;
    }
    int end = begin + 1; // the first line names the launcher, too
    while (end < lines.size() && !lines.get(end).contains("/bin/torc\"")) {
      end++;
    }
    Pattern name =
        Pattern.compile(
            "(open|openat|stat|lstat|newfstatat|statx|access|faccessat2?|readlink|readlinkat)\\((?:AT_FDCWD,"
                + " )?\"([^\"]*)\"");
    return lines.subList(begin + 1, end).stream()
        .flatMap(
            line -> {
              Matcher found = name.matcher(line);
              return found.find() && !found.group(2).isEmpty()
                  ? Stream.of(found.group(2))
                  : Stream.of();
            })
        .map(
            path ->
                path.startsWith("/") ? path : project.root.resolve(path).normalize().toString());
  }

  private boolean isKnown(String path, Set<String> known) {
    String home = Path.of(Sandbox.launcher()).getParent().getParent().toString();
    String java = System.getProperty("java.home");
    List<String> jvm =
        List.of(
            home + "/",
            java,
            "/proc/",
            "/sys/",
            "/etc/",
            "/usr/lib",
            "/lib",
            "/dev/",
            "/usr/share/");
    String root = project.root.toString();
    if (known.contains(path)
        || known.stream()
            .anyMatch(
                missing -> path.startsWith(missing + "/") && !Files.exists(Path.of(missing)))) {
      return true;
    }
    List<String> own = List.of(".torc/lock", ".hotspotrc", ".hotspot_compiler");
    if (own.stream().anyMatch(each -> path.equals(root + "/" + each))) {
      return true; // the lock has the number of the last JVM; Java looks for its own files
    }
    Path folder = Path.of(path);
    if (Files.isDirectory(folder) && known.contains(folder.getParent().toString())) {
      return true; // the kind of a member changes only with the stamp of the listed folder
    }
    boolean above = Stream.of(root, home, java).anyMatch(each -> each.startsWith(path));
    if (above && Files.isDirectory(Path.of(path), LinkOption.NOFOLLOW_LINKS)) {
      return true; // pwd -P shows the folders above the root
    }
    return jvm.stream().anyMatch(path::startsWith)
        || path.matches("/tmp/(hsperf|\\.java_pid).*|/sys");
  }
}
