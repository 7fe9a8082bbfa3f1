package dev.torc.base.lmdb;

import dev.torc.base.posix.Memory;
import dev.torc.base.posix.NativeCall;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.ByReference;
import jnr.ffi.provider.LoadedLibrary;

/**
 * Calls the functions of LMDB by name. The build of torc generates the subclass, with one method
 * for each function that lmdbjava declares.
 */
public abstract class LmdbCalls implements LoadedLibrary {

  private final Path library;
  private final Map<String, NativeCall> functions = new ConcurrentHashMap<>();

  /** Creates the calls of a library, which the first call loads. */
  protected LmdbCalls(Path library) {
    this.library = library;
  }

  @Override
  public Runtime getRuntime() {
    return LmdbRuntime.INSTANCE;
  }

  /**
   * Calls a function. An argument is a pointer, a {@link ByReference}, a text or its bytes, a
   * number, or null. Throws {@link UnsatisfiedLinkError} with the system's message if the library
   * cannot be loaded.
   */
  protected final long call(String name, Object[] given) {
    NativeCall function = functions.get(name);
    if (function == null) {
      function = NativeCall.in(library, name);
      functions.put(name, function);
    }
    Pointer[] memory = new Pointer[given.length];
    long[] arguments = new long[given.length];
    for (int i = 0; i < given.length; i++) {
      memory[i] = memory(given[i]);
      if (memory[i] != null) {
        arguments[i] = memory[i].address();
      } else if (given[i] != null) {
        arguments[i] = ((Number) given[i]).longValue();
      }
    }
    long result = function.pointer(arguments);
    for (int i = 0; i < given.length; i++) {
      if (given[i] instanceof ByReference<?> reference) {
        reference.fromNative(LmdbRuntime.INSTANCE, memory[i], 0);
      }
    }
    Reference.reachabilityFence(memory);
    return result;
  }

  protected final String text(String name, Object[] given) {
    return new String(Memory.textAt(call(name, given)), StandardCharsets.UTF_8);
  }

  /** Returns memory for the function to read or fill; null for a number and for NULL. */
  private static Pointer memory(Object value) {
    if (value instanceof Pointer pointer) {
      return pointer;
    }
    if (value instanceof ByReference<?>) { // some of them are also numbers
      return LmdbRuntime.INSTANCE.allocateDirect(Long.BYTES);
    }
    if (value instanceof String string) {
      return textInMemory(string.getBytes(StandardCharsets.UTF_8));
    }
    return value instanceof byte[] name ? textInMemory(name) : null;
  }

  private static Pointer textInMemory(byte[] text) {
    Pointer memory = LmdbRuntime.INSTANCE.allocateDirect(text.length + 1); // a NUL ends the text
    memory.put(0, text, 0, text.length);
    return memory;
  }
}
