/** A stretch of a question's text: UTF-16 units, the end not included. */
export interface Position {
  readonly from: number;
  readonly to: number;
}
