package dev.torc.crate;

import dev.torc.posix.FileTree;
import dev.torc.posix.RandomId;
import dev.torc.posix.WholeFile;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A new folder with a crate in it, which appears whole. What it says is for {@link RoCrate}. */
public final class CrateFolder {

  private final Path folder;

  /**
   * A folder that is not there yet.
   *
   * @param folder absolute
   * @param own torc's own folder, in which there is no place for it
   * @param shown the folder as the user wrote it
   * @throws BadInput where something stands there
   */
  public CrateFolder(Path folder, Path own, String shown) {
    this.folder = folder;
    String refused =
        Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
            ? "it is there already; name a new folder"
            : folder.startsWith(own) ? ".torc is for what torc keeps; name another" : null;
    if (refused != null) {
      throw new BadInput(Place.NONE, "--ro-crate " + SafeText.name(shown) + ": " + refused);
    }
  }

  /** Writes a folder beside it, and renames that. The folders around it are made. */
  public void write(RoCrate crate) throws IOException {
    Files.createDirectories(folder.getParent());
    Path fresh = folder.resolveSibling("." + RandomId.next() + ".torc-new");
    try {
      Files.createDirectory(fresh);
      for (Map.Entry<String, byte[]> source : crate.files().entrySet()) {
        Path file = fresh.resolve(source.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, source.getValue());
      }
      // Last, and under its name only when it is whole: by it a folder is a crate.
      WholeFile.write(fresh.resolve(RoCrate.METADATA), crate::write);
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      FileTree.remove(fresh);
      throw e;
    }
  }
}
