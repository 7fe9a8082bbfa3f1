import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shortens the manifests of the libraries in a distribution to what the JVM acts on. From an AOT
 * cache it restores the manifest of each jar that has a class in the cache, at every start and with
 * code that is interpreted: the 20 KB of commons-codec alone took some milliseconds. Maven runs
 * this from its source, before torc is trained (pom.xml).
 */
final class Manifests {

  private Manifests() {}

  /**
   * @param args the folder with the jars; {@code torc.jar} in it is left as it is
   */
  public static void main(String[] args) throws Exception {
    List<Path> jars;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      jars = all.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    for (Path jar : jars) {
      if (!jar.endsWith("torc.jar")) {
        FileTime time = Files.getLastModifiedTime(jar);
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
          shorten(zip.getPath("META-INF/MANIFEST.MF"));
        }
        Files.setLastModifiedTime(jar, time);
      }
    }
  }

  private static void shorten(Path manifest) throws Exception {
    FileTime time = Files.getLastModifiedTime(manifest);
    List<String> lines =
        Files.readAllLines(manifest).stream()
            .filter(line -> line.matches("(Manifest-Version|Multi-Release): .*"))
            .toList();
    Files.write(manifest, lines);
    Files.setLastModifiedTime(manifest, time);
  }
}
