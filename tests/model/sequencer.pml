/*
 * Admission, the sequencer, the close and a crash, as server/service_cast.c,
 * store_cast.c, service_sequence.c, service_entry.c and service_log.c do it:
 * who holds which lock, what is durable when, what a restart knows.
 * tests/model_check.sh searches all interleavings.  Each WITHOUT_* leaves one
 * precaution out, and the search must then find what it is for.
 *
 * Time has three values: window 1, window 2, over.  The clock goes on, and may
 * be set back once.  One credential sends three records, two different ones of
 * number 0 and one of number 1, each as often as it likes.
 */
#define RECORDS 3
#define OVER 2 /* the end of the last window */
#define CLOSE 9
#define LENGTH 5

#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef CASTS
#define CASTS 2
#endif
#ifndef BACK
#define BACK 1
#endif
#ifndef CLOSERS
#define CLOSERS 2
#endif

/* ---- What survives a crash ---- */
bool waiting[RECORDS];	/* cast.mdb */
byte window[RECORDS];
byte log[LENGTH];	/* log.mdb: record + 1, or CLOSE */
byte size;		/* as the process sees it */
byte durable;		/* as the disk has it */
bool inlog[RECORDS];
bool closed;
byte last_window;	/* of the last batch */
byte said;		/* the state file */
byte shown[LENGTH];	/* what the public saw */
bool receipted[RECORDS];

/* ---- What does not ---- */
byte until;
bool shut;
bool cast_lock, log_lock;
bool cast_txn;		/* LMDB has one writer */
bool up = true;
byte life;
byte busy;		/* processes at work */

byte hour;
bool set_back;
byte crashes;

#define BIGGER(a, b) ((a) > (b) -> (a) : (b))
#define EITHER_0(a) (a[0] || a[1])
#define OTHER(r) (1 - (r))

/* A process that was killed meanwhile does nothing more; one that wants a lock
   waits for it.  What a process does while nobody can tell when it did it is
   one step: fewer steps, fewer interleavings to search. */
#define ALIVE if :: life != mine -> goto dead :: else fi
#define TAKE(l) if \
	:: life != mine -> goto dead \
	:: life == mine && !l -> l = true \
	fi

/* ---- What must hold ---- */

/* A receipt is a promise: the record is on disk, and in the tree once that is
   closed. */
inline receipt(r)
{
	assert(waiting[r] || inlog[r]);
	assert(!closed || inlog[r]);
	receipted[r] = true
}

/* No record after the close, none twice, no two of one number, no gap. */
inline append(r)
{
	assert(!closed);
	assert(!inlog[r]);
	if
	:: r < 2 -> assert(!inlog[OTHER(r)])
	:: else -> assert(EITHER_0(inlog))
	fi;
	log[size] = r + 1;
	inlog[r] = true;
	size++
}

/* Trees that were signed only grow. */
inline publish()
{
	assert(durable >= said);
	i = 0;
	do
	:: i < said -> assert(log[i] == shown[i]); i++
	:: i >= said && i < size -> shown[i] = log[i]; i++
	:: else -> break
	od;
	said = size;
	i = 0
}

inline drop_logged()
{
	i = 0;
	do
	:: i < RECORDS ->
		if
		:: waiting[i] && inlog[i] -> waiting[i] = false; window[i] = 0
		:: else
		fi;
		i++
	:: else -> break
	od;
	i = 0
}

/* ---- Casting: the committing thread ---- */

#define NEW 1
#define REPEAT 2
#define REFUSED 3

inline judge_waiting()
{
	if
	:: waiting[r] -> what = REPEAT
	:: !waiting[r] && r < 2 && waiting[OTHER(r)] -> what = REFUSED
	:: !waiting[r] && r == 2 && EITHER_0(waiting) -> what = NEW
	:: else -> what = 0
	fi
}

/* Only where nothing of the credential waits. */
inline judge_logged()
{
	if
	:: what != 0
	:: what == 0 && inlog[r] -> what = REPEAT
	:: what == 0 && !inlog[r] && r < 2 && inlog[OTHER(r)] -> what = REFUSED
	:: what == 0 && !inlog[r] && r == 2 && !EITHER_0(inlog) ->
		what = REFUSED
	:: else -> what = NEW
	fi
}

/* The end of the window a record belongs to; 0: there is none. */
inline choose_window()
{
#ifdef WITHOUT_UNTIL
	w = hour;
#else
	w = BIGGER(hour, until);
#endif
	if
	:: shut || w >= OVER -> w = 0
	:: else -> w++
	fi
}

/* A record does not come into an earlier window than the one before it. */
inline raise_window()
{
#ifndef WITHOUT_RISING_WINDOWS
	if
	:: what == NEW && r == 2 && waiting[0] -> w = BIGGER(w, window[0])
	:: what == NEW && r == 2 && waiting[1] -> w = BIGGER(w, window[1])
	:: else
	fi
#else
	skip
#endif
}

active [CASTS] proctype cast()
{
	byte mine, r, w, what;

end:
	atomic {
		up;
		mine = life;
		busy++;
		if
		:: r = 0
		:: r = 1
		:: r = 2
		fi;
#ifdef WITHOUT_LOCKED_WINDOW
		choose_window()
	}
	atomic {
		TAKE(cast_lock);
#else
		TAKE(cast_lock);
		choose_window();
#endif
	}
	if
	:: w == 0 ->
		/* store_cast_find */
		atomic { ALIVE; judge_waiting() }
		atomic {
			ALIVE;
			judge_logged();
			if :: what == NEW -> what = REFUSED :: else fi
		}
	:: else ->
#ifdef WITHOUT_TRANSACTION
		atomic { ALIVE; judge_waiting() }
		atomic { ALIVE; judge_logged(); cast_lock = false }
		atomic { TAKE(cast_lock) }
		atomic { TAKE(cast_txn) }
#elif defined(WITHOUT_CAST_FIRST)
		/* The snapshot of the log is older than that of cast.mdb. */
		atomic { ALIVE; judge_logged() }
		atomic {
			TAKE(cast_txn);
			w = (what == NEW -> w : w + 10);
			judge_waiting();
			if
			:: what == 0 && w < 10 -> what = NEW
			:: what == 0 && w >= 10 -> what = REFUSED
			:: else
			fi;
			w = w % 10
		}
#else
		atomic { TAKE(cast_txn); judge_waiting() }
		atomic { ALIVE; judge_logged() }
#endif
#ifdef WITHOUT_DURABLE_RECEIPT
		atomic {
			ALIVE;
			if :: what == NEW -> receipted[r] = true :: else fi
		}
#endif
		/* The commit. */
		atomic {
			ALIVE;
			raise_window();
			if
			:: what == NEW -> waiting[r] = true; window[r] = w
			:: else
			fi;
			cast_txn = false
		}
	fi;
	atomic { ALIVE; w = 0; cast_lock = false }
	atomic {
		ALIVE;
		if
		:: what == NEW || what == REPEAT -> receipt(r)
		:: else
		fi
	}
dead:
	atomic { r = 0; w = 0; what = 0; mine = 0; busy-- }
	goto end
}

/* ---- What goes into the log; log_lock is held ---- */

/* One batch, in one transaction; then it is signed. */
inline append_batch(x)
{
	atomic {
		ALIVE;
		if
		:: take[0] == x || take[1] == x || take[2] == x ->
			assert(x > last_window);
			last_window = x;
			i = 0;
			do
			:: i < RECORDS ->
				if :: take[i] == x -> append(i) :: else fi;
				i++
			:: else -> break
			od;
			i = 0;
#ifdef WITHOUT_DURABLE_TREE
			publish()
#else
			durable = size
#endif
		:: else
		fi
	}
	atomic {
		ALIVE;
		durable = size;
		publish()
	}
}

/* sequence(), up to the window that ends at ${to}. */
inline drain()
{
	if
	:: !shut && to > until ->
		atomic {
			TAKE(cast_lock);
			until = BIGGER(until, to);
			do
			:: i < RECORDS ->
				take[i] = (waiting[i] && window[i] <= until ->
					window[i] : 0);
				i++
			:: else -> break
			od;
			i = 0;
			cast_lock = false
		}
#ifdef WITHOUT_LATE_SETTLING
		atomic {
			TAKE(cast_txn);
			do
			:: i < RECORDS ->
				if
				:: take[i] > 0 -> waiting[i] = false
				:: else
				fi;
				i++
			:: else -> break
			od;
			i = 0;
			cast_txn = false
		}
#endif
		append_batch(1);
		append_batch(2);
		/* store_settle */
		atomic {
			TAKE(cast_txn);
			drop_logged();
			take[0] = 0; take[1] = 0; take[2] = 0;
			cast_txn = false
		}
	:: else
	fi
}

active proctype sequencer()
{
	byte mine, i, to, take[RECORDS];

end:
	atomic {
		up && !log_lock && !shut && hour > until;
		mine = life;
		busy++;
		log_lock = true;
		to = hour
	}
	drain();
	atomic { ALIVE; log_lock = false }
dead:
	atomic { i = 0; to = 0; take[0] = 0; take[1] = 0; take[2] = 0; mine = 0; busy-- }
	goto end
}

/* post_close() */
active [CLOSERS] proctype closer()
{
	byte mine, i, to, take[RECORDS];

end:
	atomic { up && hour == OVER && !closed; mine = life; busy++ }
	atomic {
		TAKE(log_lock);
#ifndef WITHOUT_LOCKED_CLOSE
		if
		:: closed || hour < OVER -> log_lock = false; goto dead
		:: else
		fi;
#endif
		to = OVER
	}
#ifdef WITHOUT_ONE_TIME
	atomic { ALIVE; to = hour }
#endif
#ifndef WITHOUT_DRAINING
	drain();
	atomic {
		ALIVE;
		if
		:: waiting[0] || waiting[1] || waiting[2] ->
			log_lock = false;
			goto dead
		:: else
		fi
	}
#endif
	atomic {
		ALIVE;
		assert(!closed);
		do
		:: i < RECORDS -> assert(!receipted[i] || inlog[i]); i++
		:: else -> break
		od;
		i = 0;
#ifdef WITH_REACHED_CLOSE
		/* Not a precaution: that the search comes here at all. */
		assert(!(inlog[1] && inlog[2]));
#endif
		log[size] = CLOSE;
		size++;
		durable = size;
		closed = true;
		publish()
	}
	atomic { ALIVE; shut = true; log_lock = false }
dead:
	atomic { i = 0; to = 0; take[0] = 0; take[1] = 0; take[2] = 0; mine = 0; busy-- }
	goto end
}

/* ---- The world around ---- */

active proctype clock()
{
end:
	do
	:: hour < OVER -> hour++
	:: atomic { hour > 0 && !set_back && BACK -> set_back = true; hour-- }
	od
}

active proctype crash()
{
	byte i;

end:
	do
	:: atomic {
		crashes < CRASHES ->
		crashes++;
		life++;
		up = false;
		cast_lock = false;
		log_lock = false;
		cast_txn = false;
		until = 0;
		shut = false;
		/* What the disk does not have is gone. */
		do
		:: size > durable ->
			size--;
			if
			:: log[size] > 0 && log[size] <= RECORDS ->
				inlog[log[size] - 1] = false
			:: else
			fi;
			log[size] = 0
		:: else -> break
		od
	   }
	   /* Those that were killed have gone. */
	   atomic {
		busy == 0;
#ifndef WITHOUT_SETTLING_AT_START
		drop_logged();
#endif
#ifndef WITHOUT_LAST_WINDOW
		until = last_window;
#endif
#ifndef WITHOUT_REMEMBERED_CLOSE
		shut = closed;
#endif
		publish();
		up = true
	   }
	od
}
