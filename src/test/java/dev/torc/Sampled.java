package dev.torc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * End-to-end tests that take long, and that few changes break: kills, clusters, containers, stores,
 * servers. {@code mvn verify} plays a third of the methods of such a class, each time another one;
 * {@code -Dtorc.all} and {@code -Dit.test} play all. The others are skipped with that reason, and a
 * class without a chosen method is not set up. Not for laws that many changes break, such as those
 * of starts and costs.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Sampled.Third.class)
public @interface Sampled {

  /** One of so many methods is played. */
  int PARTS = 3;

  /** Why a test is skipped. */
  String LEFT_OUT = "left out of this sample: -Dtorc.all plays all";

  /** Chooses the methods by the seed of the run. */
  final class Third implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      List<Method> chosen = chosen(context.getRequiredTestClass());
      return context.getTestMethod().map(chosen::contains).orElse(!chosen.isEmpty())
          ? ConditionEvaluationResult.enabled("in this sample")
          : ConditionEvaluationResult.disabled(LEFT_OUT);
    }

    /** Returns the methods of a class that are played. */
    private static List<Method> chosen(Class<?> test) {
      List<Method> all =
          AnnotationSupport.findAnnotatedMethods(
                  test, Testable.class, HierarchyTraversalMode.TOP_DOWN)
              .stream()
              .filter(method -> !AnnotationSupport.isAnnotated(method, Shipping.class))
              .sorted(Comparator.comparing(Method::toString))
              .toList();
      int turn = test.getName().hashCode();
      return IntStream.range(0, all.size())
          .filter(i -> Sample.plays(PARTS, turn + i))
          .mapToObj(all::get)
          .toList();
    }
  }
}
