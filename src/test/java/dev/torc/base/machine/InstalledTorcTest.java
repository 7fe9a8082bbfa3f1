package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.torc.base.machine.InstalledTorc.Installation;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way in which torc was installed is told by the marks that it left beside torc's folder. */
class InstalledTorcTest {

  @ParameterizedTest
  @CsvSource({
    "archive, /home/me/opt/torc-0.1.0-linux-x86_64, ",
    "archive, /opt/torc, ",
    "archive, /home/me/lib/torc, /home/me/bin/torc",
    "install.sh, /home/me/.local/lib/torc, /home/me/.local/bin/torc -> ../lib/torc/bin/torc",
    "install.sh, /usr/local/lib/torc, /usr/local/bin/torc -> ../lib/torc/bin/torc",
    "deb, /usr/lib/torc, /var/lib/dpkg/info/torc.list",
    "rpm, /usr/lib/torc, /usr/bin/torc -> ../lib/torc/bin/torc",
    "wheel, /home/me/venv/lib/torc-build, /home/me/venv/bin/torc",
    "clone, /home/me/src/target/torc, /home/me/src/pom.xml",
    "clone, /home/me/src/target/classes, /home/me/src/pom.xml",
    "archive, /home/me/target/torc, ",
  })
  void itsMarksTellTheWay(String way, String home, String mark) throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Files.createDirectories(files.getPath(home));
      if (mark != null) {
        String[] link = mark.split(" -> ");
        Path at = files.getPath(link[0]);
        Files.createDirectories(at.getParent());
        if (link.length > 1) {
          Files.createSymbolicLink(at, files.getPath(link[1]));
        } else {
          Files.createFile(at);
        }
      }
      assertEquals(way, Installation.of(files.getPath(home)).way());
    }
  }
}
