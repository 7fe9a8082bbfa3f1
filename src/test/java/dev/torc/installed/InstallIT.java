package dev.torc.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.Shipping;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The script that installs the archive with a JDK, from a server and from a folder. */
@Execution(ExecutionMode.CONCURRENT)
@Shipping
class InstallIT {

  private static final Path SCRIPT = Path.of("src/build/install.sh").toAbsolutePath();

  @TempDir Path temp;
  private Sandbox box;
  private Path mirror;
  private String name;

  @BeforeEach
  void aMirrorOfASmallArchive() throws Exception {
    box =
        JdkArchive.project(
            temp,
            "sh",
            "uname",
            "sed",
            "cut",
            "mkdir",
            "mktemp",
            "cp",
            "mv",
            "ln",
            "rm",
            "tar",
            "gzip",
            "sha256sum",
            "readlink",
            "ls",
            "cat",
            "wget");
    name = JdkArchive.name();
    mirror = Files.createDirectory(temp.resolve("mirror"));
    box.script(name + "/bin/torc", "#!/bin/sh\necho torc of the mirror\n");
    assertEquals(0, box.sh("tar -czf ../mirror/" + name + ".tar.gz " + name).exit());
    sum();
    box.env.put("PREFIX", temp + "/a  prefix");
    box.env.put("TORC_URL", mirror.toString());
  }

  private void sum() throws Exception {
    Ran ran = box.sh("cd ../mirror && sha256sum " + name + ".tar.gz >" + name + ".tar.gz.sha256");
    assertEquals(0, ran.exit(), ran.err());
  }

  /** Runs the script as the page shows it: read from a pipe. */
  private Ran install() throws Exception {
    return box.sh("cat '" + SCRIPT + "' | sh");
  }

  private List<String> installed() throws Exception {
    try (Stream<Path> files = Files.walk(temp.resolve("a  prefix"), 2)) {
      return files
          .map(file -> temp.resolve("a  prefix").relativize(file).toString())
          .filter(file -> file.contains("/"))
          .sorted()
          .toList();
    }
  }

  @Test
  void installsFromAServerWithWgetAloneAndTwice() throws Exception {
    Path folder = JdkArchive.file().getParent();
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder,
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    String undo = "";
    try {
      box.env.put("TORC_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
      for (int i = 0; i < 2; i++) {
        Ran ran = install();
        assertEquals(0, ran.exit(), ran.err());
        assertEquals("", ran.err());
        assertTrue(ran.out().startsWith("torc "), ran.out());
        assertTrue(ran.out().contains("a  prefix/bin is not on the PATH"), ran.out());
        assertEquals(List.of("bin/torc", "lib/torc"), installed());
        undo = ran.out().replaceAll("(?s).*to undo this: ([^\n]*)\n.*", "$1");
      }
    } finally {
      server.stop(0);
    }
    box.env.put("PATH", temp + "/a  prefix/bin:" + box.env.get("PATH"));
    Ran built = box.run(List.of("sh", "-c", "torc"));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", built.counts());

    assertEquals(0, box.sh(undo).exit(), undo);
    assertEquals(List.of(), installed());
  }

  @Test
  void refusesADamagedArchiveAndKeepsWhatIsInstalled() throws Exception {
    assertEquals(0, install().exit());
    Path archive = mirror.resolve(name + ".tar.gz");
    Files.writeString(archive, Files.size(archive) + " bytes, cut off");
    Ran ran = install();
    assertEquals(1, ran.exit());
    assertTrue(
        ran.err().startsWith("install.sh: " + archive + " is damaged: its SHA-256"), ran.err());
    assertEquals(List.of("bin/torc", "lib/torc"), installed());
    assertEquals("torc of the mirror\n", box.sh("'" + temp + "/a  prefix/bin/torc'").out());

    // an archive of another system does not start, whatever its SHA-256
    box.script(name + "/bin/torc", "#!/bin/sh\nexit 3\n");
    box.sh("tar -czf ../mirror/" + name + ".tar.gz " + name);
    sum();
    assertTrue(install().err().contains("does not start here"), ran.err());
    assertEquals("torc of the mirror\n", box.sh("'" + temp + "/a  prefix/bin/torc'").out());
  }

  @Test
  void namesTheArchiveThatIsMissing() throws Exception {
    box.script("musl/ldd", "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n");
    box.env.put("PATH", box.root + "/musl:" + box.env.get("PATH"));
    Ran ran = install();
    String missing = name.replaceAll("-musl$", "") + "-musl";
    assertEquals(
        "install.sh: cannot get %s/%s.tar.gz; is there an archive for %s?\n"
            .formatted(mirror, missing, missing.replaceFirst("^torc-[^-]*-", "")),
        ran.err());
    assertEquals(1, ran.exit());
    box.env.remove("TORC_URL");
    assertTrue(install().err().startsWith("install.sh: set TORC_URL to"), "without a URL");
    assertEquals(List.of(), installed());
  }

  @Test
  void keepsTheTorcOfAnother() throws Exception {
    box.env.put("TORC_URL", "file://" + mirror.resolve(name + ".tar.gz"));
    box.script("../a  prefix/bin/torc", "#!/bin/sh\n");
    assertTrue(install().err().contains("bin/torc is another torc; remove it, or set PREFIX"));
    Files.delete(temp.resolve("a  prefix/bin/torc"));
    Files.createDirectories(temp.resolve("a  prefix/lib/torc"));
    assertTrue(install().err().contains("lib/torc is not torc; move it"));
    Files.delete(temp.resolve("a  prefix/lib/torc"));
    assertEquals(0, install().exit());
  }

  @Test
  void theScriptIsSmall() throws Exception {
    assertTrue(Files.readAllLines(SCRIPT).size() <= 60);
  }
}
