package dev.torc.base.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A function of the C library, or of a library opened by its path, with up to six integers or
 * pointers. All calls have one signature, six 64-bit arguments and a 64-bit result: x86-64 and
 * AArch64 pass integers and pointers in full registers, and a function ignores registers that it
 * has no parameter for. This does not hold for variadic functions, which have a call of their own,
 * floating point, or structs by value. Memory at a passed address must outlive the call. The calls
 * go through jffi. The JDK's own linker is no faster, and at its first call the JVM generates some
 * thirty classes, which no AOT cache keeps.
 */
public final class NativeCall {

  private static final CallContext ANY = any();
  private static final Invoker INVOKER = Invoker.getInstance();

  private final long function;

  /** Only keeps the library loaded: it is unloaded once nothing refers to it. */
  private final Library library;

  private NativeCall(Library library, long function) {
    this.library = library;
    this.function = function;
  }

  private static CallContext any() {
    Type[] six = new Type[6];
    Arrays.fill(six, Type.SINT64);
    return CallContext.getCallContext(Type.SINT64, six, CallingConvention.DEFAULT, true);
  }

  /** Returns a function that exists on all systems. */
  static NativeCall of(String name) {
    return find(name).orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  /** Returns a function that may be missing. */
  static Optional<NativeCall> find(String name) {
    return in(Library.getDefault(), name);
  }

  /**
   * Returns a function of another library, whose symbols stay hidden from other libraries. The file
   * may be removed afterwards. Throws an {@link UnsatisfiedLinkError} with the system's message.
   */
  public static NativeCall in(Path path, String name) {
    // An absolute path, since the system searches for a plain name in its own folders.
    String file = path.toAbsolutePath().toString();
    Library library = Library.openLibrary(file, Library.NOW | Library.LOCAL);
    if (library == null) {
      throw new UnsatisfiedLinkError(Library.getLastError());
    }
    return in(library, name).orElseThrow(() -> new UnsatisfiedLinkError(path + " has no " + name));
  }

  private static Optional<NativeCall> in(Library library, String name) {
    long function = library.getSymbolAddress(name);
    return function == 0 ? Optional.empty() : Optional.of(new NativeCall(library, function));
  }

  /** Returns the number for this system. */
  static int number(int linux, int mac) {
    return Libc.MAC ? mac : linux;
  }

  /** Calls a function that returns an int; returns {@code -errno} instead of -1. */
  int call(long... arguments) {
    long[] a = arguments.length == 6 ? arguments : Arrays.copyOf(arguments, 6);
    return call(a[0], a[1], a[2], a[3], a[4], a[5]);
  }

  /** Calls the function, repeatedly if a signal interrupts it. */
  int again(long... arguments) {
    int result;
    do {
      result = call(arguments);
    } while (result == -Libc.EINTR);
    return result;
  }

  /** Calls the function without an array: for frequent calls. */
  int call(long a, long b, long c, long d, long e, long f) {
    return withErrno((int) INVOKER.invokeL6(ANY, function, a, b, c, d, e, f));
  }

  /**
   * Calls a variadic function of an int, a long and one further argument, a pointer, which macOS on
   * AArch64 passes on the stack. Returns {@code -errno} instead of -1.
   */
  int callVariadic(int a, long b, long pointer) {
    Type[] types = {Type.SINT32, Type.SINT64, Type.POINTER};
    CallContext two =
        CallContext.getCallContext(Type.SINT32, 2, types, CallingConvention.DEFAULT, true);
    HeapInvocationBuffer arguments = new HeapInvocationBuffer(two);
    arguments.putInt(a);
    arguments.putLong(b);
    arguments.putAddress(pointer);
    return withErrno(INVOKER.invokeInt(two, function, arguments));
  }

  private static int withErrno(int result) {
    return result == -1 ? -LastError.getInstance().get() : result;
  }

  /** Calls a function that returns a pointer (0 for NULL) or an int, which is the lower half. */
  public long pointer(long... arguments) {
    long[] a = Arrays.copyOf(arguments, 6);
    return INVOKER.invokeL6NoErrno(ANY, function, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
}
