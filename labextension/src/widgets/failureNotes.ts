import type { IJobs } from '../tokens';
import type { ProgressNote } from './progressNote';

/**
 * Messages that something did not work, which go once they are of no use.
 */
export class FailureNotes {
  /**
   * @param jobs - Whose failures they tell; one that is taken off that list takes its message along.
   */
  constructor(jobs: IJobs) {
    jobs.changed.connect(() => {
      const ids = new Set(jobs.jobs.map(({ id }) => id));
      this.dropWhere(({ job }) => job !== null && !ids.has(job));
    });
  }

  /**
   * @param title - What did not work.
   * @param job - The job that failed; `null` if none was begun.
   */
  add(title: string, note: ProgressNote, job: string | null): void {
    this.notes = [...this.notes, { title, note, job }];
  }

  /** The same has worked. */
  dismiss(title: string): void {
    this.dropWhere(each => each.title === title);
  }

  private dropWhere(isOver: (each: IFailureNote) => boolean): void {
    const over = this.notes.filter(isOver);
    this.notes = this.notes.filter(each => !over.includes(each));
    for (const { note } of over) {
      void note.drop();
    }
  }

  private notes: readonly IFailureNote[] = [];
}

interface IFailureNote {
  readonly title: string;
  readonly note: ProgressNote;
  readonly job: string | null;
}
