package dev.torc.front.show;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JacksonJrExtension;
import com.fasterxml.jackson.jr.ob.api.ExtensionContext;
import com.fasterxml.jackson.jr.ob.api.ReaderWriterProvider;
import com.fasterxml.jackson.jr.ob.api.ValueWriter;
import com.fasterxml.jackson.jr.ob.impl.JSONWriter;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.text.SafeText.Harmless;
import dev.torc.core.model.InstanceName;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes answers and events as JSON, with jackson-jr: a record becomes an object with its
 * components in their order, a constant its name in lower case, a path or moment its text. The
 * records of answers and events define the fields of a document.
 */
public final class Json {

  /** Version of all documents; it changes when the meaning of a field changes. */
  public static final int VERSION = 1;

  private static final double SECOND = 1e9;

  private static final Pattern WORD = Pattern.compile("(?<=.)[A-Z]");

  private Json() {}

  /** Adds the name of a job and, of an instance, the parameters that name it. */
  public static void putJob(Map<String, Object> fields, String job) {
    fields.put("job", job);
    Map<String, String> parameters = InstanceName.parse(job).values();
    if (!parameters.isEmpty()) {
      fields.put("parameters", parameters);
    }
  }

  /** A value that is already JSON; numbers that JSON does not allow are written as strings. */
  public record Raw(String text) {}

  private record Said(String file, int line, int column, String message) {}

  /**
   * Writes values of a type that jackson-jr cannot write, or writes in another form. {@code
   * accessors} are by field name.
   */
  private record Form(Class<?> valueType, Map<String, Method> accessors) implements ValueWriter {
    @Override
    public void writeValue(JSONWriter to, JsonGenerator out, Object value) throws IOException {
      switch (value) {
        case Raw raw -> out.writeRawValue(JsonText.strict(raw.text));
        case Record fields -> to.writeValue(values(fields, accessors));
        case Enum<?> constant -> out.writeString(lower(constant));
        default -> out.writeString(value.toString());
      }
    }
  }

  private static final class Forms extends JacksonJrExtension {

    /** In a class of its own, so that code that asks only for names loads no library. */
    static final JSON FORMAT =
        JSON.builder(JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build())
            .enable(JSON.Feature.WRITE_NULL_PROPERTIES)
            .register(new Forms())
            .build();

    @Override
    protected void register(ExtensionContext to) {
      to.insertProvider(
          new ReaderWriterProvider() {
            @Override
            public ValueWriter findValueWriter(JSONWriter to, Class<?> type) {
              boolean told = type == Instant.class || Path.class.isAssignableFrom(type);
              return type.isRecord()
                  ? new Form(type, accessors(type))
                  : told || type.isEnum() ? new Form(type, Map.of()) : null;
            }
          });
    }
  }

  /** Writes a document on one line, safe for a terminal. */
  public static void write(Object document, Writer to) throws IOException {
    Forms.FORMAT.write(document, new Harmless(to));
    to.write('\n');
  }

  /** Returns a record's components, {@code dryRun} as {@code dry_run}, or a map's entries. */
  public static Map<String, Object> fields(Object of) {
    if (of instanceof Map<?, ?> map) {
      Map<String, Object> fields = new LinkedHashMap<>();
      map.forEach((name, value) -> fields.put((String) name, value));
      return fields;
    }
    return values(of, accessors(of.getClass()));
  }

  private static Map<String, Method> accessors(Class<?> type) {
    Map<String, Method> accessors = new LinkedHashMap<>();
    for (RecordComponent each : type.getRecordComponents()) {
      each.getAccessor().setAccessible(true); // the record may be private
      accessors.put(snake(each.getName()), each.getAccessor());
    }
    return accessors;
  }

  private static Map<String, Object> values(Object of, Map<String, Method> accessors) {
    Map<String, Object> values = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Method> each : accessors.entrySet()) {
        values.put(each.getKey(), each.getValue().invoke(of));
      }
      return values;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the errors of a build file for JSON: each message with its place. */
  public static List<?> places(List<Diagnostic> all) {
    return all.stream()
        .map(d -> new Said(d.place().file(), d.place().line(), d.place().column(), d.message()))
        .toList();
  }

  /** Returns nanoseconds as seconds; null if negative. */
  public static Double seconds(long nanos) {
    return nanos < 0 ? null : Double.valueOf(nanos / SECOND);
  }

  /** Returns a number; null if negative, which means unknown. */
  public static Long known(long number) {
    return number < 0 ? null : Long.valueOf(number);
  }

  /** Returns a number; null for 0, which means none. */
  public static Long some(long number) {
    return number <= 0 ? null : Long.valueOf(number);
  }

  /** Returns the name of a value's type: {@code job_started}, {@code will_run}. */
  public static String kind(Object value) {
    return snake(value.getClass().getSimpleName());
  }

  private static String snake(String name) {
    return WORD.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT);
  }

  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
