package dev.torc.cache;

import dev.torc.posix.Memory;
import dev.torc.posix.NativeCall;
import java.lang.ref.Reference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.ByReference;
import jnr.ffi.provider.FFIProvider;
import jnr.ffi.provider.LoadedLibrary;

/**
 * The way of lmdbjava's calls to LMDB: a provider of jnr-ffi. It hands over numbers, text and
 * addresses, and does not know what the functions do with them.
 *
 * <p>jnr-ffi's own provider reads the annotations of each function, for which the JVM writes a
 * dozen classes at every start that no AOT cache keeps. Here it writes one.
 */
public final class LmdbProvider extends FFIProvider {

  /** Called by jnr-ffi, which knows the class by its name. */
  public LmdbProvider() {}

  /** Lets jnr-ffi take this provider. It asks once, when lmdbjava is first used. */
  static void use() {
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
        Class<?>[] types = {functions, LoadedLibrary.class};
        Calls calls = new Calls(Path.of(path));
        return functions.cast(Proxy.newProxyInstance(functions.getClassLoader(), types, calls));
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

  /** Calls the function that has the method's name. */
  private static final class Calls implements InvocationHandler {

    private final Path library;
    private final Map<String, NativeCall> functions = new ConcurrentHashMap<>();

    Calls(Path library) {
      this.library = library;
    }

    /**
     * Passes a call on.
     *
     * @throws UnsatisfiedLinkError with the system's words, where the library cannot be loaded
     */
    @Override
    public Object invoke(Object proxy, Method method, Object[] given) {
      if (method.getDeclaringClass() == LoadedLibrary.class) {
        return LmdbRuntime.INSTANCE;
      }
      NativeCall function = functions.get(method.getName());
      if (function == null) {
        function = NativeCall.in(library, method.getName());
        functions.put(method.getName(), function);
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
      return result(result, method.getReturnType());
    }

    /** Memory that the function is to read or to fill; null for a number and for NULL. */
    private static Pointer memory(Object value) {
      if (value instanceof Pointer pointer) {
        return pointer;
      }
      if (value instanceof ByReference<?>) { // some are numbers as well
        return LmdbRuntime.INSTANCE.allocateDirect(Long.BYTES);
      }
      if (value instanceof String string) {
        return text(string.getBytes(StandardCharsets.UTF_8));
      }
      return value instanceof byte[] name ? text(name) : null;
    }

    private static Pointer text(byte[] text) {
      Pointer memory = LmdbRuntime.INSTANCE.allocateDirect(text.length + 1); // a NUL is after it
      memory.put(0, text, 0, text.length);
      return memory;
    }

    private static Object result(long result, Class<?> type) {
      if (type == int.class) {
        return (int) result;
      }
      if (type == long.class) {
        return result;
      }
      return type == String.class
          ? new String(Memory.textAt(result), StandardCharsets.UTF_8)
          : null;
    }
  }
}
