package dev.torc.base.lmdb;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;
import jnr.ffi.provider.FFIProvider;

/**
 * Connects lmdbjava to LMDB. This provider of jnr-ffi loads the class that the build of torc
 * generates ({@code src/build/LmdbFunctions.java}), which makes its calls through {@link
 * LmdbCalls}.
 *
 * <p>jnr-ffi's own provider reads the annotations of each function. For that, the JVM generates a
 * dozen classes at every start, which no AOT cache holds. The class from the build is in the cache.
 */
public final class LmdbProvider extends FFIProvider {

  public LmdbProvider() {}

  /** Makes jnr-ffi use this provider. jnr-ffi asks once, when lmdbjava is first used. */
  public static void use() {
    System.setProperty("jnr.ffi.provider", LmdbProvider.class.getName());
  }

  @Override
  public Runtime getRuntime() {
    return LmdbRuntime.INSTANCE;
  }

  @Override
  public <T> LibraryLoader<T> createLibraryLoader(Class<T> functions) {
    return new LibraryLoader<>(functions) {
      @Override
      public T load(String path) {
        try {
          Class<?> calls = Class.forName("org.lmdbjava.Functions");
          return functions.cast(calls.getConstructor(Path.class).newInstance(Path.of(path)));
        } catch (ReflectiveOperationException missing) {
          throw new IllegalStateException("torc was built without its calls to LMDB", missing);
        }
      }

      @Override
      protected T loadLibrary(
          Class<T> type,
          Collection<String> libraries,
          Collection<String> folders,
          Map<LibraryOption, Object> options,
          boolean failImmediately) {
        throw new UnsupportedOperationException("lmdbjava loads one library, by its path");
      }
    };
  }
}
