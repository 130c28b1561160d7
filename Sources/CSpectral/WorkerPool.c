/// Threads that wait for work together: a counter hands out tasks, a condition wakes and parks.

#include "include/CSpectral.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct cspectral_pool {
  int threads;
  pthread_t *workers;
  int started;
  /// Held through a run, so that callers on several threads wait for one another.
  pthread_mutex_t turn;
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  /// The number of the job; a change of it wakes the workers. Read without the lock while spinning.
  atomic_uint job;
  int ending;
  // The job.
  cspectral_task task;
  void *context;
  int count;
  atomic_int next;
  /// Workers that have not yet left the job.
  atomic_int busy;
};

typedef struct {
  cspectral_pool *pool;
  int thread;
} worker_start;

/// A worker looks for new work so many times before it sleeps: some 20 µs where a pause takes 140
/// cycles, about as long as waking up.
enum { spins = 400 };

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_tasks(cspectral_pool *pool, int thread) {
  for (;;) {
    int task = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (task >= pool->count) return;
    pool->task(pool->context, task, thread);
  }
}

static void *work(void *argument) {
  worker_start start = *(worker_start *)argument;
  free(argument);
  cspectral_pool *pool = start.pool;
  unsigned seen = 0;
  for (;;) {
    for (int i = 0; i < spins && atomic_load(&pool->job) == seen; i++) relax();
    if (atomic_load(&pool->job) == seen) {
      pthread_mutex_lock(&pool->lock);
      while (atomic_load(&pool->job) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
      pthread_mutex_unlock(&pool->lock);
    }
    seen++;
    if (pool->ending) return NULL;
    take_tasks(pool, start.thread);
    if (atomic_fetch_sub(&pool->busy, 1) == 1) {
      pthread_mutex_lock(&pool->lock);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->lock);
    }
  }
}

/// Makes the next job visible and wakes whoever sleeps.
static void announce(cspectral_pool *pool) {
  pthread_mutex_lock(&pool->lock);
  atomic_fetch_add(&pool->job, 1);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

cspectral_pool *cspectral_pool_create(int threads) {
  cspectral_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = threads < 1 ? 1 : threads;
  pthread_mutex_init(&pool->turn, NULL);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->workers = calloc((size_t)pool->threads, sizeof *pool->workers);
  for (int i = 1; pool->workers && i < pool->threads; i++) {
    worker_start *start = malloc(sizeof *start);
    if (!start) break;
    *start = (worker_start){pool, i};
    if (pthread_create(&pool->workers[pool->started], NULL, work, start) != 0) {
      free(start);
      break;
    }
    pool->started++;
  }
  return pool;
}

void cspectral_pool_destroy(cspectral_pool *pool) {
  if (!pool) return;
  pool->ending = 1;
  announce(pool);
  for (int i = 0; i < pool->started; i++) pthread_join(pool->workers[i], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  pthread_mutex_destroy(&pool->lock);
  pthread_mutex_destroy(&pool->turn);
  free(pool->workers);
  free(pool);
}

/// Waits, awake at first, until every worker has left the job.
static void await_workers(cspectral_pool *pool) {
  for (int i = 0; i < spins && atomic_load(&pool->busy) > 0; i++) relax();
  if (atomic_load(&pool->busy) == 0) return;
  pthread_mutex_lock(&pool->lock);
  while (atomic_load(&pool->busy) > 0) pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}

void cspectral_pool_run(cspectral_pool *pool, int count, cspectral_task task, void *context) {
  pthread_mutex_lock(&pool->turn);
  pool->task = task;
  pool->context = context;
  pool->count = count;
  atomic_store(&pool->next, 0);
  if (pool->started > 0 && count > 1) {
    atomic_store(&pool->busy, pool->started);
    announce(pool);
  }
  take_tasks(pool, 0);
  await_workers(pool);
  pthread_mutex_unlock(&pool->turn);
}
