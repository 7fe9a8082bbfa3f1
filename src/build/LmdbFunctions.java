import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.file.Path;

/**
 * Writes the class {@code org.lmdbjava.Functions}, through which lmdbjava calls LMDB: each method
 * of the interface that lmdbjava declares for the functions passes its name and its arguments on to
 * {@code dev.torc.base.lmdb.LmdbCalls}. At run time the JVM would write such a class at every
 * start. Maven runs this from its source, with the libraries on the class path (pom.xml).
 */
final class LmdbFunctions {

  private static final ClassDesc NAME = ClassDesc.of("org.lmdbjava.Functions");
  private static final ClassDesc CALLS = ClassDesc.of("dev.torc.base.lmdb.LmdbCalls");
  private static final ClassDesc ARRAY = CD_Object.arrayType();

  private LmdbFunctions() {}

  /**
   * @param args the folder of torc's compiled classes
   */
  public static void main(String[] args) throws Exception {
    Class<?> functions = Class.forName("org.lmdbjava.Library$Lmdb"); // package-private
    Path file = Path.of(args[0], "org", "lmdbjava", "Functions.class");
    file.getParent().toFile().mkdirs();
    ClassFile.of()
        .buildTo(
            file,
            NAME,
            made -> {
              made.withFlags(ACC_PUBLIC | ACC_FINAL)
                  .withSuperclass(CALLS)
                  .withInterfaceSymbols(functions.describeConstable().orElseThrow());
              MethodTypeDesc library =
                  MethodTypeDesc.of(CD_void, Path.class.describeConstable().orElseThrow());
              made.withMethodBody(
                  INIT_NAME,
                  library,
                  ACC_PUBLIC,
                  code ->
                      code.aload(0).aload(1).invokespecial(CALLS, INIT_NAME, library).return_());
              for (Method function : functions.getMethods()) {
                made.withMethodBody(
                    function.getName(), type(function), ACC_PUBLIC, code -> pass(function, code));
              }
            });
  }

  private static MethodTypeDesc type(Method function) {
    return MethodTypeDesc.ofDescriptor(
        MethodType.methodType(function.getReturnType(), function.getParameterTypes())
            .toMethodDescriptorString());
  }

  private static void pass(Method function, CodeBuilder code) {
    Class<?>[] types = function.getParameterTypes();
    code.aload(0).ldc(function.getName()).loadConstant(types.length).anewarray(CD_Object);
    for (int i = 0; i < types.length; i++) {
      code.dup().loadConstant(i);
      int slot = code.parameterSlot(i);
      if (types[i] == int.class) {
        code.iload(slot).invokestatic(desc(Integer.class), "valueOf", boxing(Integer.class));
      } else if (types[i] == long.class) {
        code.lload(slot).invokestatic(desc(Long.class), "valueOf", boxing(Long.class));
      } else {
        code.aload(slot);
      }
      code.aastore();
    }
    Class<?> result = function.getReturnType();
    if (result == String.class) {
      code.invokevirtual(CALLS, "text", MethodTypeDesc.of(CD_String, CD_String, ARRAY)).areturn();
      return;
    }
    code.invokevirtual(CALLS, "call", MethodTypeDesc.of(CD_long, CD_String, ARRAY));
    if (result == int.class) {
      code.l2i().ireturn();
    } else if (result == long.class) {
      code.lreturn();
    } else if (result == void.class) {
      code.pop2().return_();
    } else {
      code.pop2().aconst_null().areturn(); // an address that lmdbjava passes to no function
    }
  }

  private static MethodTypeDesc boxing(Class<?> box) {
    Class<?> number = box == Integer.class ? int.class : long.class;
    return MethodTypeDesc.of(desc(box), desc(number));
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }
}
