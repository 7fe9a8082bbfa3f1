package dev.torc.kills;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.FilesBelow;
import dev.torc.Sandbox;
import dev.torc.base.digests.Digest;
import dev.torc.features.fetch.WebServer;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Builds of two users in two roots that share environments, with downloads that break off, jobs in
 * sandboxes, links of the user's and of jobs, and a stranger that plants environments where the
 * shared folder allows it. Builds are killed at random moments. Each that comes to its end has the
 * files of a build from scratch, and nothing of the users' outside of the products ever changes.
 */
final class SurroundingsWalk implements AutoCloseable {

  private static final List<Integer> USERS = List.of(61001, 61002);
  private static final int STRANGER = 61003;
  private static final String TOKEN = "ghp_0123456789";

  /** What jobs do with {@code evil}: a link in place of a folder of products. */
  private static final int EVILS = 4;

  private static final String PROJECT =
      """
      roots: [../far]
      STORES
      environments:
        main:
          kind: commands
          file: lock
          create: 'mkdir {dir}/bin; sleep 0.02; printf "#!/bin/sh\\necho tool %s\\n" "$(cat lock)" > {dir}/bin/tool; chmod 755 {dir}/bin/tool'
          activate: 'export PATH={dir}/bin:$PATH V="-O2 $V" C=$HOME/cache'
      jobs:
        env: { environment: main, command: 'tool > {produces}; cat a >> {produces}', needs: a, produces: env.out }
        who: { environment: main, always: true, command: 'echo "$V $C" > {produces}', produces: who.out }
        get: { fetch: "WEB/g/GET", produces: got/g }
        sum: { fetch: ["WEB/none", "WEB/s/SUM"], sha256: DIGEST, produces: got/s }
        token: { fetch: "WEB/t/KEY", headers: { Authorization: "Bearer {env.TOKEN}" }, produces: got/t }
        box:
          sandbox: true
          command: |
            cat a got/g > out/1
            sleep 0.02
            cat b > out/2-$(cat b)
            test $(cat evil) != 1 || { rm -r out; ln -s $TORC_ROOT/../mine out; }
          needs: [a, b, evil, got/g]
          produces: out/
        glob: { sandbox: true, command: 'cat b > g/$(cat b).csv; cat a > g/x.csv', needs: [a, b], produces: 'g/*.csv' }
        link: { command: 'sleep 0.01; cat b > {produces}', SANDBOX needs: b, produces: res/r.txt }
        plain:
          command: |
            test $(cat evil) != 2 || { rm -r p; ln -s ../mine p; exit 0; }
            test $(cat evil) != 3 || { rm -r p; ln -s ../mine p; kill -9 $PPID; sleep 5; }
            cat b > p/new
          needs: [b, evil]
          produces: p/new
        all:
          command: 'cat env.out got/* out/* g/*.csv res/r.txt p/new > all.out'
          needs: [env.out, got/g, got/s, got/t, out/, 'g/*.csv', res/r.txt, p/new]
          produces: all.out
      """;

  private final Path top;
  private final Random random;
  private final WebServer web = new WebServer();
  private final WebServer elsewhere = new WebServer();
  private final List<String> leaked = new CopyOnWriteArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final List<Sandbox> boxes = new ArrayList<>(); // the roots
  private final boolean open; // whether anyone may write to the shared folder
  private SortedMap<String, String> mine;
  private int versions;
  private String text; // of the build file
  int killed;
  int compared;

  SurroundingsWalk(Path top, long seed) throws Exception {
    this.top = top;
    this.random = new Random(seed);
    this.open = random.nextInt(3) == 0;
    for (String folder : List.of("far", "shared", "mine", "one", "two")) {
      folder(top.resolve(folder), folder.equals("shared") && open ? "1777" : "2775");
    }
    Files.writeString(top.resolve("mine/new"), "precious");
    Files.writeString(top.resolve("mine/1"), "precious, too");
    mine = FilesBelow.of(top.resolve("mine"), UTF_8, _ -> true);
    for (String root : List.of("one", "two")) {
      boxes.add(new Sandbox(top, top.resolve(root)));
      link(top.resolve(root));
    }
    edit();
  }

  /** Makes a folder for the group. */
  private static void folder(Path folder, String mode) throws Exception {
    Files.createDirectory(folder);
    sh("chgrp " + Member.LAB + " '" + folder + "' && chmod " + mode + " '" + folder + "'");
  }

  private static void sh(String line) throws Exception {
    assertEquals(0, new ProcessBuilder("sh", "-c", line).inheritIO().start().waitFor(), line);
  }

  /** Lets the folder of a product be on another disk, as users do. */
  private void link(Path root) throws Exception {
    Path far = top.resolve("far/" + root.getFileName());
    if (!Files.exists(far)) {
      folder(far, "2775");
    }
    Files.createSymbolicLink(root.resolve("res"), far);
  }

  private String serve(String kind) {
    int version = ++versions;
    String body = (kind + " " + version + "\n").repeat(3000);
    String target = "/" + kind + "/" + version;
    WebServer.Answer whole = WebServer.file(body, "\"" + version + "\"");
    if (kind.equals("t")) {
      elsewhere.on(
          "/u/" + version,
          (request, out) -> {
            if (!request.header("authorization").isEmpty()) {
              leaked.add("a redirect took the token along");
            }
            whole.to(request, out);
          });
      WebServer.Answer leads = answer(307, "", "Location: " + elsewhere.url("/u/" + version));
      boolean redirects = random.nextBoolean();
      web.on(
          target,
          (request, out) -> {
            boolean known = request.header("authorization").equals("Bearer " + TOKEN);
            (known ? redirects ? leads : whole : answer(401, "")).to(request, out);
          });
    } else if (random.nextBoolean()) {
      web.on(target, cut(body, random.nextInt(body.length()), "ETag: \"" + version + "\""), whole);
    } else {
      web.on(target, whole);
    }
    return kind.equals("s") ? version + " " + Digest.ofText(body).hex() : "" + version;
  }

  /** Writes another build file, for both roots, and other sources. */
  private void edit() throws Exception {
    if (text == null || random.nextInt(3) == 0) {
      String[] sum = serve("s").split(" ");
      String stores =
          "stores: { environments: { path: ../shared%s } }"
              .formatted(random.nextBoolean() || open ? ", group: " + Member.LAB : "");
      text =
          PROJECT
              .replace("STORES", stores)
              .replace("GET", serve("g"))
              .replace("SUM", sum[0])
              .replace("DIGEST", sum[1])
              .replace("KEY", serve("t"))
              .replace("SANDBOX", random.nextBoolean() ? "sandbox: true," : "")
              .replace("WEB", web.url(""));
    }
    for (Sandbox box : boxes) {
      put(box, "torc.yaml", text);
      for (String source : List.of("a", "b", "lock")) {
        if (!box.exists(source) || random.nextInt(3) == 0) {
          put(box, source, random.nextInt(3) + "\n");
        }
      }
      put(box, "evil", (random.nextInt(3) > 0 ? 0 : random.nextInt(EVILS)) + "\n");
    }
  }

  /** Replaces a file, as the group's members do. */
  private static void put(Sandbox box, String name, String text) throws IOException {
    if (!box.exists(name) || !box.read(name).equals(text)) {
      Path fresh = Files.writeString(box.root.resolve(name + ".new"), text);
      Files.move(fresh, box.root.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Plays so many builds. */
  void play(int builds) throws Exception {
    for (int build = 0; build < builds; build++) {
      Sandbox box = boxes.get(random.nextInt(2));
      int user = USERS.get(random.nextInt(2));
      try {
        if (random.nextInt(3) > 0) {
          edit();
        }
        if (random.nextInt(4) == 0) {
          steal();
        }
        if (random.nextInt(3) > 0) {
          kill(box, user);
        } else {
          compare(box, user);
        }
        assertEquals(
            mine, FilesBelow.of(top.resolve("mine"), UTF_8, _ -> true), "moved or changed");
        assertEquals(List.of(), leaked);
      } catch (AssertionError e) {
        int from = Math.max(0, story.size() - 6);
        throw new AssertionError(
            "build %d, open %s:\n%s\n%s\n%s"
                .formatted(
                    build,
                    open,
                    text,
                    String.join("\n--\n", story.subList(from, story.size())),
                    e.getMessage()),
            e);
      }
    }
    for (Sandbox box : boxes) {
      put(box, "evil", "0\n");
      compare(box, USERS.getFirst());
    }
  }

  private Sandbox.Going start(Sandbox box, int user, String... args) throws IOException {
    Path home = top.resolve("home" + user);
    box.env.put("HOME", home.toString());
    box.env.put("V", "-g" + user);
    box.env.put("TOKEN", TOKEN);
    List<String> words =
        new ArrayList<>(List.of("setpriv", "--reuid", "" + user, "--regid", "" + user, "--groups"));
    words.addAll(List.of("" + Member.LAB, "sh", "-c", "umask 002; exec \"$@\"", "sh"));
    words.addAll(Sandbox.command(args));
    return box.start(words);
  }

  private void kill(Sandbox box, int user) throws Exception {
    Sandbox.Going torc = start(box, user, "-v");
    if (random.nextInt(8) > 0) {
      Sandbox.until("it said something", () -> !torc.err().isEmpty() || !torc.process().isAlive());
    }
    TimeUnit.MICROSECONDS.sleep(random.nextInt(400_000)); // the random moment of the kill
    killed += torc.process().isAlive() ? 1 : 0;
    torc.process().destroyForcibly().waitFor();
    story.add("%s by %d, killed:\n%s".formatted(box.root.getFileName(), user, torc.err()));
  }

  /** Builds to the end, and from scratch. */
  private void compare(Sandbox box, int user) throws Exception {
    boolean evil = !box.read("evil").equals("0\n");
    boolean kills = box.read("evil").equals("3\n");
    // No user can look at another user's processes; those of these jobs have ended, or do nothing.
    String other = "" + USERS.get(1 - USERS.indexOf(user));
    Sandbox.Ran ran = start(box, user, "--gone", other).await();
    String sources = "a b lock evil: ";
    for (String source : List.of("a", "b", "lock", "evil")) {
      sources += box.read(source).strip() + " ";
    }
    story.add(
        "%s by %d, exit %d, %s\n%s"
            .formatted(box.root.getFileName(), user, ran.exit(), sources, ran.err()));
    assertFalse(ran.err().contains("internal error"), ran.err());
    if (evil) {
      assertTrue(kills || ran.exit() == 1, "a link in place of a product is accepted");
      return;
    }
    assertEquals(0, ran.exit(), "the build fails");
    assertFalse((ran.out() + ran.err()).contains(TOKEN));
    compared++;
    assertEquals(scratch(box), files(box.root));
    assertEquals("-O2 -g%d %s/home%1$d/cache\n".formatted(user, top), box.read("who.out"));
    if (random.nextInt(4) == 0) {
      Sandbox.Ran nothing = start(box, user).await();
      assertTrue(nothing.err().contains("11 jobs: 1 ran, 10 up to date, 0 failed"), nothing.err());
    }
  }

  /** What a build from scratch makes of the same sources, in this process. */
  private Map<String, String> scratch(Sandbox box) throws Exception {
    Path root = top.resolve("scratch");
    folder(root, "2775");
    link(root);
    try {
      for (String source : List.of("a", "b", "lock", "evil")) {
        Files.copy(box.root.resolve(source), root.resolve(source));
      }
      Files.writeString(root.resolve("torc.yaml"), text.replaceAll("(?m)^stores:.*\n", ""));
      Map<String, String> env =
          Map.of("PATH", System.getenv("PATH"), "HOME", top.toString(), "TOKEN", TOKEN);
      Run ran = Run.in(env, root);
      assertEquals(0, ran.exit(), () -> "from scratch:\n" + ran.err());
      return files(root);
    } finally {
      sh("rm -rf '%s' '%s'".formatted(root, top.resolve("far/scratch")));
    }
  }

  private static Map<String, String> files(Path root) throws IOException {
    SortedMap<String, String> files =
        new TreeMap<>(
            FilesBelow.of(
                root,
                UTF_8,
                path ->
                    !path.startsWith(".torc/")
                        && !path.equals("torc.yaml")
                        && !path.equals("who.out")));
    files.put("res/r.txt", Files.readString(root.resolve("res/r.txt")));
    return files;
  }

  /** The stranger puts an environment of his own where roots look for theirs, if he can. */
  private void steal() throws Exception {
    List<Path> made = new ArrayList<>();
    for (Path folder : List.of(top.resolve("shared"), top.resolve("one/.torc/environments"))) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        try (Stream<Path> all = Files.list(folder)) {
          all.filter(path -> path.toString().endsWith(".json")).forEach(made::add);
        }
      }
    }
    for (Path marker : made) {
      String name = marker.getFileName().toString().replace(".json", "");
      Path own = top.resolve("shared/" + name);
      String line =
          ("rm -rf '%1$s'; mkdir '%1$s' '%1$s/bin' && printf '#!/bin/sh\\n"
               + "echo stolen\\n"
               + "' > '%1$s/bin/tool' && chmod 755 '%1$s/bin/tool' && sed 's,%2$s,%1$s,g' '%3$s' >"
               + " '%1$s.json.s' && mv -f '%1$s.json.s' '%1$s.json'; true")
              .formatted(own, marker.toString().replace(".json", ""), marker);
      new ProcessBuilder(
              "setpriv",
              "--reuid",
              "" + STRANGER,
              "--regid",
              "" + STRANGER,
              "--clear-groups",
              "sh",
              "-c",
              line)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() throws IOException {
    boxes.forEach(Sandbox::close);
    web.close();
    elsewhere.close();
  }
}
