import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts {@code beside.sh}, which works while Maven compiles and runs the tests, and does not wait
 * for it. Maven runs it from its source, since it tells only {@code java} where the JDK 25 is
 * (pom.xml).
 */
final class Beside {

  private Beside() {}

  /**
   * @param args of {@code beside.sh}, behind the JDK's home
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of("target", "beside"));
    List<String> command = new ArrayList<>(List.of("sh", "src/build/beside.sh", "start"));
    command.add(System.getProperty("java.home"));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(folder.resolve("log").toFile()))
            .start();
    Files.writeString(folder.resolve("pid"), process.pid() + "\n");
  }
}
