package dev.torc.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.Shipping;
import dev.torc.containers.RealPodman;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The packages that src/build makes of the distribution with a JDK. Each is installed where no
 * other Java is on the PATH, builds a project, and leaves nothing when it is removed. What is
 * installed goes below a temporary folder, so the machine stays as it is.
 */
@Execution(ExecutionMode.CONCURRENT)
@Shipping
class PackagesIT {

  private static final Path HERE = Path.of("").toAbsolutePath();

  @TempDir Path temp;
  private Sandbox box;
  private Sandbox project;

  @BeforeEach
  void aProjectAndTools() throws Exception {
    box = new Sandbox(temp);
    box.env.put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
    project = JdkArchive.project(temp, "sh", "readlink", "cat");
  }

  private String must(String line) throws Exception {
    Ran ran = box.sh(line);
    assertEquals(0, ran.exit(), line + ": " + ran.out() + ran.err());
    return ran.out();
  }

  /** Builds the project by a torc, from all jobs to none. */
  private void builds(Path torc) throws Exception {
    project.run(List.of("rm", "-rf", ".torc", "out.txt"));
    Ran ran = project.run(List.of(torc.toString()));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
  }

  /** Returns the paths below a folder, each folder with a slash at its end. */
  private static List<String> tree(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file) + (Files.isDirectory(file) ? "/" : ""))
          .filter(path -> !path.contains("__pycache__"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aWheelBringsTheCommandToAPythonEnvironment() throws Exception {
    Path wheels = temp.resolve("wheels");
    must("python3 '%s/src/build/wheel.py' '%s' '%s'".formatted(HERE, JdkArchive.folder(), wheels));
    Path wheel = wheels.resolve(tree(wheels).getLast());
    recordIsRight(wheel);
    if (JdkArchive.name().endsWith("-linux-x86_64")) {
      assertTrue(wheel.toString().endsWith("-py3-none-manylinux_2_17_x86_64.whl"), "" + wheel);
    }

    Path environment = temp.resolve("an  environment");
    must("python3 -m venv '" + environment + "'");
    List<String> before = tree(environment);
    String pip = "'" + environment + "/bin/python' -m pip --disable-pip-version-check ";
    must(pip + "install -q --no-index '" + wheel + "'");
    builds(environment.resolve("bin/torc"));
    builds(environment.resolve("bin/torc-build")); // for uvx
    assertTrue(before.size() + 50 < tree(environment).size());

    // as pipx does: a link elsewhere; and the cache of classes serves, so no class comes from a jar
    Path link = Files.createSymbolicLink(temp.resolve("link"), environment.resolve("bin/torc"));
    Path log = temp.resolve("classes.log");
    project.env.put("_JAVA_OPTIONS", "-Xlog:class+load=info:file=" + log);
    builds(link);
    project.env.remove("_JAVA_OPTIONS");
    List<String> loaded = Files.readAllLines(log);
    assertTrue(loaded.size() > 1000, "only " + loaded.size());
    assertEquals(List.of(), loaded.stream().filter(l -> l.contains(" source: file:")).toList());

    must(pip + "uninstall -q -y torc-build");
    List<String> left = new ArrayList<>(tree(environment));
    left.removeAll(before);
    assertEquals(List.of(), left);
  }

  /** Compares the list of a wheel with its files: their paths, digests and sizes. */
  private static void recordIsRight(Path wheel) throws Exception {
    Map<String, String> listed = new TreeMap<>();
    Map<String, String> found = new TreeMap<>();
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        found.put(entry.getName(), "sha256=" + text + "," + bytes.length);
        if (entry.getName().endsWith("/RECORD")) {
          new String(bytes).lines().forEach(line -> listed.put(line.split(",")[0], line));
          found.put(entry.getName(), ",");
        }
      }
    }
    found.replaceAll((path, rest) -> path + "," + rest);
    assertEquals(found, listed);
  }

  @Test
  void packagesOfDebianAndFedoraAreInstalledAndRemoved() throws Exception {
    boolean tools = box.sh("command -v dpkg-deb && command -v rpmbuild").exit() == 0;
    assertTrue(
        tools || !"true".equals(System.getenv("CI")), "dpkg or rpm is missing: apt has both");
    assumeTrue(tools, "dpkg-deb or rpmbuild is not installed");
    Path made = temp.resolve("made");
    must("sh '%s/src/build/packages.sh' '%s' '%s'".formatted(HERE, JdkArchive.folder(), made));

    Path debian = Files.createDirectories(temp.resolve("debian/var/lib/dpkg"));
    Files.createFile(debian.resolve("status"));
    Files.createDirectory(debian.resolve("info"));
    Files.createDirectory(debian.resolve("updates"));
    String dpkg = "dpkg --force-depends --force-not-root --log=/dev/null --root='%s' ";
    installed(dpkg, "-i '" + made + "'/*.deb", "-P torc", temp.resolve("debian"));

    assumeTrue(box.sh("[ \"$(id -u)\" = 0 ]").exit() == 0, "rpm --root needs root");
    Path fedora = Files.createDirectory(temp.resolve("fedora"));
    String rpm = "rpm --nodeps --root='%s' ";
    installed(rpm, "-i '" + made + "'/*.rpm", "-e torc", fedora);
  }

  private void installed(String program, String install, String remove, Path root)
      throws Exception {
    must(program.formatted(root) + install);
    builds(root.resolve("usr/bin/torc"));
    try (Stream<Path> manuals = Files.walk(root.resolve("usr/share"))) {
      assertEquals(4, manuals.filter(Files::isRegularFile).count(), "links that lead to files");
    }
    must(program.formatted(root) + remove);
    assertFalse(Files.exists(root.resolve("usr/lib/torc")));
    assertFalse(Files.isSymbolicLink(root.resolve("usr/bin/torc")));
  }

  @Test
  void anImageRunsAsAUserOtherThanRoot() throws Exception {
    RealPodman podman = RealPodman.in(Files.createDirectory(temp.resolve("podman")));
    box.env.putAll(podman.env());
    Files.createDirectories(temp.resolve("context"));
    must("cp '" + JdkArchive.file() + "' '" + temp + "/context'");
    // a base that stands for debian:stable-slim: the programs that the image is made with
    box.script(
        "base.sh",
        """
        set -e
        mkdir -p base/bin base/usr/local/bin base/etc base/opt base/home base/tmp
        for program in sh ln mkdir chown tar gzip readlink useradd id cat; do
          file=$(readlink -f "$(command -v "$program")")
          cp "$file" "base/bin/$program"
          ldd "$file" "$1/lib/jdk/lib/server/libjvm.so"
        done | grep -o '[[:space:]]/[^ ]*' | sort -u | while read -r library; do
          cp -L --parents "$library" base
        done
        echo root:x:0:0::/root:/bin/sh >base/etc/passwd
        echo root:x:0: >base/etc/group
        tar -C base -cf base.tar .
        podman import -q base.tar localhost/base:1
        podman build -q --network host --build-arg BASE=localhost/base:1 -t localhost/torc:1 \\
          -f "$2/src/build/Containerfile" "$3"
        """);
    must("sh base.sh '%s' '%s' '%s/context'".formatted(JdkArchive.folder(), HERE, temp));
    Ran ran =
        box.sh(
            "podman run --rm --network host localhost/torc:1 sh -c 'echo \"jobs: {a: {shell: [sh,"
                + " -e, -c], command: echo \\$(id -u) > out, produces: [out]}}\" >torc.yaml; torc"
                + " && cat out'");
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertEquals("1000\n", ran.out());
  }

  @Test
  void recipesOfPackageManagersAreFilledIn() throws Exception {
    String version = JdkArchive.name().replaceFirst("^torc-([^-]*)-.*", "$1");
    List<String> systems =
        List.of("linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64", "source");
    String call = "sh '%s/src/build/recipes.sh' . https://example.org/torc/ made".formatted(HERE);
    for (String system : systems) {
      Ran ran = box.sh(call);
      assertEquals(1, ran.exit(), "without " + system);
      String name = "torc-" + version + "-" + system + ".tar.gz";
      box.write(name + ".sha256", "digest-of-" + system + "  " + name + "\n");
    }
    must(call);
    String all = "";
    List<String> names = new ArrayList<>(tree(box.root.resolve("made")));
    names.remove("/");
    for (String recipe : names) {
      String text = box.read("made/" + recipe);
      if (!recipe.endsWith(".rb")) {
        new Load(LoadSettings.builder().build()).loadFromString(text); // JSON is YAML
      }
      all += text;
    }
    assertEquals(List.of("recipe.yaml", "sdkman.json", "torc.rb"), names);
    assertFalse(all.contains("@"), all);
    for (String system : systems) {
      String url = "https://example.org/torc/torc-" + version + "-" + system + ".tar.gz";
      String pair = "\\Q" + url + "\\E\"[^#]{1,40}\"digest-of-" + system + "\"";
      assertTrue(all.replaceAll("\\s+", " ").matches(".*" + pair + ".*"), system);
    }
  }
}
