package dev.torc.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;

/**
 * A function of the C library that takes up to six integers or pointers. All are linked under one
 * shape, six 64-bit arguments and a 64-bit result, because the JVM needs some 4 ms for each new
 * shape, which every build would pay before its first job. The calling conventions of x86-64 and
 * AArch64 pass integers and pointers in whole registers and ignore registers that a function does
 * not know; this does not hold for variadic functions, floating point, or structs by value.
 * Pointers are passed as addresses, so their memory must outlive the call.
 */
final class Call {

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle ANY = any();

  private final MemorySegment function;

  private Call(MemorySegment function) {
    this.function = function;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle any() {
    FunctionDescriptor shape = FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);
    return Linker.nativeLinker().downcallHandle(shape, Linker.Option.captureCallState("errno"));
  }

  /** A function that exists everywhere. */
  static Call of(String name) {
    return find(name).orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  /** A function that may be missing. */
  static Optional<Call> find(String name) {
    return Libc.symbol(name).map(Call::new);
  }

  /** The number for Linux or for macOS, which call the same things by other numbers. */
  static int number(int linux, int mac) {
    return Libc.MAC ? mac : linux;
  }

  static boolean isMac() {
    return Libc.MAC;
  }

  /** Calls a function that returns an int; where that is -1, the result is {@code -errno}. */
  int call(long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      int result = (int) invoke(errno, arguments);
      return result == -1 ? -Libc.errno(errno) : result;
    }
  }

  /**
   * The same for a function that is called very often: without an array, and with a buffer for
   * errno of the caller's, which keeps it where the result is -1.
   */
  int call(MemorySegment errno, long a, long b, long c, long d, long e) {
    try {
      return (int) (long) ANY.invokeExact(function, errno, a, b, c, d, e, 0L);
    } catch (Throwable wrong) {
      throw wrong(wrong);
    }
  }

  /** Calls a function that returns a pointer. */
  MemorySegment pointer(long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return MemorySegment.ofAddress(invoke(Libc.errnoBuffer(arena), arguments));
    }
  }

  private long invoke(MemorySegment errno, long[] given) {
    long[] a = given.length == 6 ? given : Arrays.copyOf(given, 6);
    try {
      return (long) ANY.invokeExact(function, errno, a[0], a[1], a[2], a[3], a[4], a[5]);
    } catch (Throwable wrong) {
      throw wrong(wrong);
    }
  }

  private static AssertionError wrong(Throwable how) {
    return new AssertionError("a function of the C library is linked wrongly", how);
  }
}
