package dev.torc.cache;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.provider.FFIProvider;
import jnr.ffi.provider.jffi.Provider;

/**
 * The provider of jnr-ffi that lmdbjava would have without it, named by the launcher
 * ({@code jnr.ffi.provider}): where none is named, or one without a platform of its own, jnr-ffi
 * opens every jar in search of a class that none has.
 */
public final class NativeProvider extends FFIProvider {

  private final FFIProvider jffi = new Provider();

  @Override
  public Runtime getRuntime() {
    return jffi.getRuntime();
  }

  @Override
  public <T> LibraryLoader<T> createLibraryLoader(Class<T> type) {
    return jffi.createLibraryLoader(type);
  }

  /** What jnr-ffi finds by itself, too. */
  public static final class Platform extends jnr.ffi.Platform {

    public Platform() {
      super(
          System.getProperty("os.name").startsWith("Mac") ? OS.DARWIN : OS.LINUX,
          System.getProperty("os.arch").equals("aarch64") ? CPU.AARCH64 : CPU.X86_64,
          64,
          64,
          "lib.*\\.so.*$");
    }
  }
}
