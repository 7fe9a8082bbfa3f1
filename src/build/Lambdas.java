import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gives the lambdas and method references of a class common classes: one for up to {@value #MOST}
 * of them, with a switch over their numbers, instead of one class for each. Every start of torc
 * links all classes of its AOT cache, some 9 µs each, and most of torc's own were lambdas; and a
 * lambda that the training did not meet made the JVM write a class. Maven runs this on the jar of
 * the distribution, before torc is trained (pom.xml); the classes beside it, which tests and other
 * tools read, stay as they were compiled, and so does what it cannot translate.
 */
final class Lambdas {

  /** The methods of a common class stay so small that both compilers of the JVM inline them. */
  private static final int MOST = 16;

  private static final String MADE = "$$Lambdas";

  /** A lambda or a method reference: what the compiler tells the JVM about it. */
  private record Site(
      String method,
      MethodTypeDesc captures,
      MethodTypeDesc erased,
      DirectMethodHandleDesc target,
      MethodTypeDesc exact) {

    static Site of(InvokeDynamicInstruction made) {
      List<?> said = made.bootstrapArgs();
      return new Site(
          made.name().stringValue(),
          made.typeSymbol(),
          (MethodTypeDesc) said.get(0),
          (DirectMethodHandleDesc) said.get(1),
          (MethodTypeDesc) said.get(2));
    }

    ClassDesc type() {
      return captures.returnType();
    }

    String key() {
      return method + erased.descriptorString();
    }

    boolean makes() {
      return target.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
    }

    /** The arguments of the target, first the object that has the method. */
    List<ClassDesc> wants() {
      return target.invocationType().parameterList();
    }

    /** Returns whether all values can be passed on. */
    boolean isPlain() {
      List<ClassDesc> wants = wants();
      int kept = captures.parameterCount();
      boolean special = target.kind().refKind == MethodHandleInfo.REF_invokeSpecial;
      if (special || wants.size() != kept + erased.parameterCount()) {
        return false;
      }
      for (int i = 0; i < wants.size(); i++) {
        boolean keeps = i < kept;
        ClassDesc has = keeps ? captures.parameterType(i) : exact.parameterType(i - kept);
        boolean raw = has.isPrimitive() || BOXES.containsValue(has);
        if (wants.get(i).isPrimitive() && (!raw || keeps && !has.equals(wants.get(i)))) {
          return false;
        }
      }
      return true;
    }
  }

  /** A site in its common class. */
  private record Place(ClassDesc in, int number) {

    String name() {
      return "c" + number;
    }
  }

  private static final Map<ClassDesc, ClassDesc> BOXES = new HashMap<>();

  static {
    for (Class<?> box :
        List.of(
            Boolean.class,
            Byte.class,
            Character.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class)) {
      BOXES.put(desc(MethodType.methodType(box).unwrap().returnType()), desc(box));
    }
  }

  private final FileSystem jar;
  private final ClassFile files =
      ClassFile.of(
          ClassFile.ConstantPoolSharingOption.NEW_POOL,
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(Lambdas.class.getClassLoader())));

  private final Map<ClassDesc, Map<Site, Place>> places = new LinkedHashMap<>();
  private final Map<ClassDesc, List<ClassDesc>> members = new HashMap<>();

  private Lambdas(FileSystem jar) {
    this.jar = jar;
  }

  /**
   * @param args the jar of torc's classes, which is on the class path, too
   */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    FileTime time = Files.getLastModifiedTime(jar);
    try (FileSystem open = FileSystems.newFileSystem(jar)) {
      new Lambdas(open).translate();
    }
    Files.setLastModifiedTime(jar, time);
  }

  private void translate() throws Exception {
    List<ClassModel> classes = new ArrayList<>();
    try (Stream<Path> all = Files.walk(jar.getPath("dev/torc"))) {
      for (Path file : all.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        classes.add(files.parse(Files.readAllBytes(file)));
      }
    }
    for (ClassModel in : classes) {
      Set<Site> sites = new LinkedHashSet<>();
      in.methods().stream()
          .flatMap(method -> method.code().stream())
          .flatMap(code -> code.elementStream())
          .filter(Lambdas::isSite)
          .map(each -> Site.of((InvokeDynamicInstruction) each))
          .filter(Site::isPlain)
          .forEach(sites::add);
      if (sites.size() > 1) { // a single one would gain nothing
        place(in, sites);
      }
    }
    for (ClassModel in : classes) {
      Map<Site, Place> own = places.getOrDefault(in.thisClass().asSymbol(), Map.of());
      List<ClassDesc> more = members.getOrDefault(in.thisClass().asSymbol(), List.of());
      if (!own.isEmpty() || !more.isEmpty()) {
        ClassDesc name = in.thisClass().asSymbol();
        write(name, name, translated(in, own, more));
      }
    }
  }

  private static boolean isSite(Object instruction) {
    return instruction instanceof InvokeDynamicInstruction made
        && made.bootstrapMethod().methodName().equals("metafactory");
  }

  /** Writes a class with the time of the one that it belongs to, so that all builds are alike. */
  private void write(ClassDesc name, ClassDesc outer, byte[] bytes) throws IOException {
    FileTime time = Files.getLastModifiedTime(file(outer));
    Files.write(file(name), bytes);
    Files.setLastModifiedTime(file(name), time);
  }

  private Path file(ClassDesc name) {
    String descriptor = name.descriptorString();
    return jar.getPath(descriptor.substring(1, descriptor.length() - 1) + ".class");
  }

  private void place(ClassModel in, Set<Site> sites) throws Exception {
    ClassDesc outer = in.thisClass().asSymbol();
    ClassDesc host =
        in.findAttribute(Attributes.nestHost()).map(a -> a.nestHost().asSymbol()).orElse(outer);
    Map<Site, Place> own = new HashMap<>();
    List<Site> left = new ArrayList<>(sites);
    for (int number = 0; !left.isEmpty(); number++) {
      ClassDesc made =
          ClassDesc.ofDescriptor(outer.descriptorString().replace(";", MADE + number + ";"));
      List<Site> here = new ArrayList<>();
      for (Site site : left) {
        if (here.size() < MOST && fits(site, here)) {
          own.put(site, new Place(made, here.size()));
          here.add(site);
        }
      }
      left.removeAll(here);
      write(made, outer, common(made, host, here));
      members.computeIfAbsent(host, _ -> new ArrayList<>()).add(made);
    }
    places.put(outer, own);
  }

  /** Returns whether no method of one interface would replace or contradict that of another. */
  private static boolean fits(Site site, List<Site> others) throws Exception {
    Map<String, Class<?>> own = further(site);
    for (Site other : others) {
      Map<String, Class<?>> there = further(other);
      boolean differs =
          there.entrySet().stream()
              .anyMatch(e -> own.getOrDefault(e.getKey(), e.getValue()) != e.getValue());
      if (differs || there.containsKey(site.key()) || own.containsKey(other.key())) {
        return false;
      }
    }
    return true;
  }

  /** Returns the methods of a site's interface, without the one that the site is, and whose. */
  private static Map<String, Class<?>> further(Site site) throws Exception {
    String name = site.type().packageName() + "." + site.type().displayName();
    Map<String, Class<?>> further = new HashMap<>();
    for (Method method : Class.forName(name, false, Lambdas.class.getClassLoader()).getMethods()) {
      MethodType type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
      if (!Modifier.isStatic(method.getModifiers())) {
        further.put(method.getName() + type.toMethodDescriptorString(), method.getDeclaringClass());
      }
    }
    further.remove(site.key());
    return further;
  }

  private byte[] translated(ClassModel in, Map<Site, Place> own, List<ClassDesc> more) {
    Predicate<Object> known = each -> isSite(each) && own.containsKey(of(each));
    ClassTransform bodies =
        ClassTransform.transformingMethodBodies(
            method -> method.code().stream().flatMap(c -> c.elementStream()).anyMatch(known),
            (code, each) -> {
              if (!known.test(each)) {
                code.with(each);
                return;
              }
              Site site = of(each);
              Place place = own.get(site);
              if (site.captures.parameterCount() == 0) {
                code.getstatic(place.in, place.name(), site.type());
              } else {
                code.invokestatic(place.in, place.name(), site.captures);
              }
            });
    if (more.isEmpty()) {
      return files.transformClass(in, bodies);
    }
    List<ClassDesc> nest = new ArrayList<>(more);
    in.findAttribute(Attributes.nestMembers())
        .ifPresent(a -> a.nestMembers().stream().map(ClassEntry::asSymbol).forEach(nest::add));
    ClassTransform host =
        ClassTransform.dropping(each -> each instanceof NestMembersAttribute)
            .andThen(
                ClassTransform.endHandler(
                    to ->
                        to.with(
                            NestMembersAttribute.ofSymbols(nest.stream().distinct().toList()))));
    return files.transformClass(in, bodies.andThen(host));
  }

  private static Site of(Object instruction) {
    return Site.of((InvokeDynamicInstruction) instruction);
  }

  /** Writes the common class of some sites. */
  private byte[] common(ClassDesc name, ClassDesc host, List<Site> sites) {
    int most = sites.stream().mapToInt(s -> s.captures.parameterCount()).max().orElse(0);
    List<ClassDesc> fields = IntStream.range(0, most).mapToObj(_ -> CD_Object).toList();
    MethodTypeDesc init =
        MethodTypeDesc.of(CD_void, Stream.concat(Stream.of(CD_int), fields.stream()).toList());
    Map<String, List<Integer>> methods = new LinkedHashMap<>();
    for (int i = 0; i < sites.size(); i++) {
      methods.computeIfAbsent(sites.get(i).key(), _ -> new ArrayList<>()).add(i);
    }
    return files.build(
        name,
        made -> {
          made.withFlags(ACC_FINAL | ACC_SYNTHETIC)
              .withInterfaceSymbols(sites.stream().map(Site::type).distinct().toList())
              .with(NestHostAttribute.of(host))
              .withField("number", CD_int, ACC_PRIVATE | ACC_FINAL)
              .withMethodBody(INIT_NAME, init, ACC_PRIVATE, code -> init(code, name, most));
          for (int i = 0; i < most; i++) {
            made.withField("v" + i, CD_Object, ACC_PRIVATE | ACC_FINAL);
          }
          for (int i = 0; i < sites.size(); i++) {
            Site site = sites.get(i);
            if (site.captures.parameterCount() == 0) {
              made.withField("c" + i, site.type(), ACC_STATIC | ACC_FINAL);
            } else {
              int number = i;
              made.withMethodBody(
                  "c" + i,
                  site.captures,
                  ACC_STATIC,
                  code -> create(code, name, number, site.captures, init).areturn());
            }
          }
          if (sites.stream().anyMatch(s -> s.captures.parameterCount() == 0)) {
            made.withMethodBody(
                "<clinit>",
                MethodTypeDesc.of(CD_void),
                ACC_STATIC,
                code -> {
                  for (int i = 0; i < sites.size(); i++) {
                    Site site = sites.get(i);
                    if (site.captures.parameterCount() == 0) {
                      create(code, name, i, site.captures, init)
                          .putstatic(name, "c" + i, site.type());
                    }
                  }
                  code.return_();
                });
          }
          methods.forEach(
              (_, numbers) -> {
                Site first = sites.get(numbers.getFirst());
                made.withMethodBody(
                    first.method,
                    first.erased,
                    ACC_PUBLIC,
                    code -> choose(code, name, sites, numbers));
              });
        });
  }

  private static void init(CodeBuilder code, ClassDesc name, int fields) {
    code.aload(0).invokespecial(CD_Object, INIT_NAME, MethodTypeDesc.of(CD_void));
    code.aload(0).iload(1).putfield(name, "number", CD_int);
    for (int i = 0; i < fields; i++) {
      code.aload(0).aload(2 + i).putfield(name, "v" + i, CD_Object);
    }
    code.return_();
  }

  private static CodeBuilder create(
      CodeBuilder code, ClassDesc name, int number, MethodTypeDesc captures, MethodTypeDesc init) {
    code.new_(name).dup().loadConstant(number);
    for (int i = 0; i < init.parameterCount() - 1; i++) {
      if (i < captures.parameterCount()) {
        ClassDesc type = captures.parameterType(i);
        code.loadLocal(TypeKind.from(type), code.parameterSlot(i));
        convert(code, type, type, CD_Object);
      } else {
        code.aconst_null();
      }
    }
    return code.invokespecial(name, INIT_NAME, init);
  }

  private static void choose(
      CodeBuilder code, ClassDesc name, List<Site> sites, List<Integer> numbers) {
    if (numbers.size() > 1) {
      List<SwitchCase> cases = new ArrayList<>();
      numbers.stream().skip(1).forEach(n -> cases.add(SwitchCase.of(n, code.newLabel())));
      Label first = code.newLabel();
      code.aload(0).getfield(name, "number", CD_int).tableswitch(first, cases);
      for (SwitchCase each : cases) {
        code.labelBinding(each.target());
        call(code, name, sites.get(each.caseValue()));
      }
      code.labelBinding(first);
    }
    call(code, name, sites.get(numbers.getFirst()));
  }

  private static void call(CodeBuilder code, ClassDesc name, Site site) {
    DirectMethodHandleDesc target = site.target;
    if (site.makes()) {
      code.new_(target.owner()).dup();
    }
    List<ClassDesc> wants = site.wants();
    int kept = site.captures.parameterCount();
    for (int i = 0; i < wants.size(); i++) {
      if (i < kept) {
        ClassDesc had = site.captures.parameterType(i);
        code.aload(0).getfield(name, "v" + i, CD_Object);
        convert(code, CD_Object, BOXES.getOrDefault(had, had), wants.get(i));
      } else {
        ClassDesc given = site.erased.parameterType(i - kept);
        code.loadLocal(TypeKind.from(given), code.parameterSlot(i - kept));
        convert(code, given, site.exact.parameterType(i - kept), wants.get(i));
      }
    }
    MethodTypeDesc type = MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
    Opcode how =
        switch (target.kind()) {
          case CONSTRUCTOR -> Opcode.INVOKESPECIAL;
          case STATIC, INTERFACE_STATIC -> Opcode.INVOKESTATIC;
          case INTERFACE_VIRTUAL -> Opcode.INVOKEINTERFACE;
          default -> Opcode.INVOKEVIRTUAL;
        };
    code.invoke(how, target.owner(), target.methodName(), type, target.isOwnerInterface());
    ClassDesc has = site.makes() ? target.owner() : type.returnType();
    ClassDesc gives = site.erased.returnType();
    if (!gives.equals(CD_void)) {
      convert(code, has, gives.isPrimitive() && !has.isPrimitive() ? box(has, gives) : has, gives);
    } else if (has.equals(ClassDesc.ofDescriptor("J")) || has.equals(ClassDesc.ofDescriptor("D"))) {
      code.pop2();
    } else if (!has.equals(CD_void)) {
      code.pop();
    }
    code.return_(TypeKind.from(gives));
  }

  private static ClassDesc box(ClassDesc has, ClassDesc gives) {
    return BOXES.containsValue(has) ? has : BOXES.get(gives);
  }

  /** Converts the value on the stack; {@code known} is what a reference is known to be. */
  private static void convert(CodeBuilder code, ClassDesc has, ClassDesc known, ClassDesc wants) {
    if (has.isPrimitive() && wants.isPrimitive()) {
      code.conversion(TypeKind.from(has), TypeKind.from(wants));
    } else if (has.isPrimitive()) {
      ClassDesc box = BOXES.get(has);
      code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, has));
    } else if (wants.isPrimitive()) {
      ClassDesc raw =
          BOXES.entrySet().stream()
              .filter(e -> e.getValue().equals(known))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow();
      if (!has.equals(known)) {
        code.checkcast(known);
      }
      code.invokevirtual(known, raw.displayName() + "Value", MethodTypeDesc.of(raw));
      code.conversion(TypeKind.from(raw), TypeKind.from(wants));
    } else if (!wants.equals(CD_Object) && !wants.equals(has)) {
      code.checkcast(wants);
    }
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }
}
