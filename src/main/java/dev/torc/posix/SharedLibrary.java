package dev.torc.posix;

import com.kenai.jffi.Library;
import java.nio.file.Path;

/**
 * A shared library other than the C library, opened by its path. It stays loaded as long as this or
 * one of its functions is referred to. It does not know what its functions do.
 */
public final class SharedLibrary {

  private final Library library;
  private final Path path;

  private SharedLibrary(Library library, Path path) {
    this.library = library;
    this.path = path;
  }

  /**
   * Loads it; its symbols are seen by nobody else. Once loaded, the file is not needed any more.
   *
   * @throws UnsatisfiedLinkError with the system's words, where it cannot be loaded
   */
  public static SharedLibrary open(Path path) {
    // An absolute path, since the system looks for a plain name in places of its own.
    String file = path.toAbsolutePath().toString();
    Library library = Library.openLibrary(file, Library.NOW | Library.LOCAL);
    if (library == null) {
      throw new UnsatisfiedLinkError(Library.getLastError());
    }
    return new SharedLibrary(library, path);
  }

  /**
   * A function of it, which must have the shape that {@link NativeCall} tells.
   *
   * @throws UnsatisfiedLinkError where it has none of this name
   */
  public NativeCall call(String name) {
    return NativeCall.in(library, name)
        .orElseThrow(() -> new UnsatisfiedLinkError(path + " has no " + name));
  }
}
